// Before and after over each other, with a slider between them and a loupe for the details.

import { busiest } from './detail.js';
import { all, find, fresh } from './page.js';

const STEP = 8; // CSS pixels that an arrow key moves the loupe

export function compare(before, after, { width, height }) {
	const frame = fresh('compare');
	find('.before', frame).src = before;
	find('.after', frame).src = after;
	frame.style.setProperty('--w', width);
	frame.style.setProperty('--h', height);
	const range = find('input', frame);
	const cut = () => {
		frame.style.setProperty('--cut', `${range.value}%`);
		range.setAttribute('aria-valuetext', `${range.value} % before`);
	};
	range.addEventListener('input', cut);
	// Not the range's own dragging: some telephones only move its thumb, and never to where one taps.
	dragged(frame, (x) => {
		range.value = x * 100;
		cut();
	});
	cut();
	return frame;
}

/** Lays a loupe over a comparison; it shows `after` in at least its own pixels, and the pixels of `before`. */
export function addLoupe(frame, before, after, { width, height }) {
	const lens = fresh('loupe');
	frame.append(lens);
	const [left, right] = all('i', lens);
	left.style.backgroundImage = `url("${before}")`;
	right.style.backgroundImage = `url("${after}")`;
	let at = { x: 0.75, y: 0.6 }; // beside the slider's handle
	let moved = false;
	const look = (x, y) => {
		at = { x: Math.min(1, Math.max(0, x)), y: Math.min(1, Math.max(0, y)) };
		const box = frame.getBoundingClientRect();
		const zoom = Math.max(2, width / box.width, height / box.height);
		const half = lens.clientWidth / 2;
		lens.style.left = `${at.x * 100}%`;
		lens.style.top = `${at.y * 100}%`;
		[left, right].forEach((side, index) => {
			side.style.backgroundSize = `${box.width * zoom}px ${box.height * zoom}px`;
			side.style.backgroundPosition = `${half - at.x * box.width * zoom - index * half}px ${half - at.y * box.height * zoom}px`;
		});
	};
	const move = (x, y) => {
		moved = true;
		look(x, y);
	};
	dragged(lens, move, frame);
	lens.addEventListener('keydown', (event) => {
		const box = frame.getBoundingClientRect();
		const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
		const step = moves[event.key];
		if (!step) return;
		event.preventDefault();
		move(at.x + (step[0] * STEP) / box.width, at.y + (step[1] * STEP) / box.height);
	});
	new ResizeObserver(() => look(at.x, at.y)).observe(frame);
	seen(frame).then(() => busiest(find('.after', frame))).then((best) => best && !moved && look(best.x, best.y));
}

/** Resolves once the element is laid out; the pictures of a template's copy load no sooner. */
function seen(element) {
	return new Promise((done) => {
		const observer = new ResizeObserver(() => {
			observer.disconnect();
			done();
		});
		observer.observe(element);
	});
}

/** Calls `move` with the pointer's place in `frame`, from 0 to 1, while `handle` is dragged. */
function dragged(handle, move, frame = handle) {
	const go = (event) => {
		const box = frame.getBoundingClientRect();
		move((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
	};
	handle.addEventListener('pointerdown', (event) => {
		if (event.button !== 0) return;
		event.stopPropagation();
		handle.setPointerCapture(event.pointerId);
		go(event);
	});
	handle.addEventListener('pointermove', (event) => {
		if (handle.hasPointerCapture(event.pointerId)) go(event);
	});
}
