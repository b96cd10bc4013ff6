// The time between an order and its pictures: elapsed seconds, progress and previews.

import { find, fresh } from './page.js';

const TICK = 100; // milliseconds

/** The card, what the API tells it, and `stop`, which gives the seconds that have passed. */
export function waiting({ words, count, shape, cancel }) {
	const card = fresh('waiting');
	const what = find('.what', card);
	const bar = find('progress', card);
	const boxes = Array.from({ length: count }, () => {
		const box = document.createElement('div');
		box.className = 'coming';
		box.style.setProperty('--w', shape.width);
		box.style.setProperty('--h', shape.height);
		return box;
	});
	what.textContent = words;
	find('.grid', card).append(...boxes);
	find('.grid', card).dataset.count = count;
	find('.cancel', card).addEventListener('click', cancel);

	const started = performance.now();
	const seconds = () => (performance.now() - started) / 1000;
	const tick = () => { find('.elapsed', card).textContent = `${seconds().toFixed(1)} s`; };
	const timer = setInterval(tick, TICK);
	tick();

	const addresses = [];
	return {
		card,
		stop() {
			clearInterval(timer);
			addresses.forEach((address) => URL.revokeObjectURL(address));
			return seconds();
		},
		/** `done` is a text from 0 to 1; without one there is only a sign of life. */
		progress(done) {
			what.textContent = words;
			if (done !== undefined) bar.value = Number(done);
		},
		preview(blob, index = 0) {
			const box = boxes[Math.min(index, boxes.length - 1)];
			const image = find('img', box) ?? box.appendChild(new Image());
			image.alt = 'Preview';
			image.src = URL.createObjectURL(blob);
			addresses.push(image.src);
		},
		lost(wait) {
			what.textContent = `Connection lost; asking again in ${wait} s…`;
			bar.removeAttribute('value');
		},
	};
}
