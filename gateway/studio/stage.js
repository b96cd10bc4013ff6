// The right half of a desk: an invitation, the wait, a failure, or the pictures.

import { copy } from './clipboard.js';
import { addLoupe, compare } from './compare.js';
import { curl } from './curl.js';
import { failure } from './failure.js';
import { all, find, fresh, say } from './page.js';
import { facts, kind } from './pictures.js';
import { waiting } from './waiting.js';

const DOING = { generate: 'Generating…', edit: 'Editing…', upscale: 'Upscaling…' };

export class Stage {
	#root;
	#end = () => {};
	#send;

	/** `send(operation, source)` takes a result to another desk. */
	constructor(root, send) {
		this.#root = root;
		this.#send = send;
	}

	wait(order, shape, cancel) {
		const wait = waiting({ words: DOING[order.operation], count: order.fields.n ?? 1, shape, cancel });
		this.#put(wait.card, wait.stop);
		this.#root.setAttribute('aria-busy', 'true');
		say(DOING[order.operation]);
		return wait;
	}

	fail(error, retry) {
		const { card, stop } = failure(error, retry);
		this.#put(card, stop);
	}

	/** `answer` is `{pictures, summary}`; each picture has `shown`, and more where it is known. `before`: an address. */
	show(order, answer, before) {
		const card = fresh('results');
		find('.what', card).textContent = answer.summary;
		find('.curl', card).addEventListener('click', () => copy(curl(order), 'Command'));
		const grid = find('.grid', card);
		grid.dataset.count = answer.pictures.length;
		grid.append(...answer.pictures.map((picture, index) => this.#figure(order, picture, index, before)));
		const addresses = [before, ...answer.pictures.map((picture) => picture.shown)];
		this.#put(card, () => addresses.filter(Boolean).forEach((address) => URL.revokeObjectURL(address)));
		say(`${answer.summary}.`);
	}

	/** On a telephone the stage lies below the form; elsewhere its top may have been scrolled away. */
	reveal() {
		const below = matchMedia('(max-width: 56rem)').matches;
		if (below || this.#root.getBoundingClientRect().top < 0) this.#root.scrollIntoView({ block: 'start' });
	}

	#put(card, end) {
		this.#end();
		this.#end = end;
		this.#root.replaceChildren(card);
		this.#root.setAttribute('aria-busy', 'false');
	}

	#figure(order, picture, index, before) {
		const figure = fresh('picture');
		find('.view', figure).append(view(order, picture, before));
		find('.facts', figure).textContent = told(order, picture);
		const revised = find('.revised', figure);
		revised.textContent = picture.revised ?? '';
		revised.hidden = !picture.revised;
		this.#wire(figure, order, picture, index);
		return figure;
	}

	#wire(figure, order, picture, index) {
		const download = find('.download', figure);
		download.href = picture.shown;
		download.download = fileName(order, picture, index);
		const link = find('.link', figure);
		link.hidden = !picture.url || picture.gone;
		link.addEventListener('click', () => copy(picture.url, 'Link'));
		const source = { name: `${order.operation}.${extension(picture)}`, blob: picture.blob, url: picture.url };
		for (const operation of ['edit', 'upscale']) {
			const button = find(`.to-${operation}`, figure);
			button.hidden = order.operation === operation && operation === 'upscale';
			button.addEventListener('click', () => this.#send(operation, source));
		}
		if (order.operation === 'edit') find('.to-edit span', figure).textContent = 'Continue editing';
		if (picture.gone) all('.actions > *', figure).forEach((part) => { part.hidden = true; });
	}
}

function view(order, picture, before) {
	if (!before || picture.gone || !picture.width) return plain(picture);
	const frame = compare(before, picture.shown, picture);
	if (order.operation === 'upscale') addLoupe(frame, before, picture.shown, picture);
	return frame;
}

/** A link to the picture alone, where it can be zoomed. */
function plain(picture) {
	const link = document.createElement('a');
	const image = new Image();
	link.className = 'whole';
	link.target = '_blank';
	link.href = image.src = picture.shown;
	image.alt = picture.revised?.slice(0, 200) || 'The result';
	link.append(image);
	return link;
}

function told({ operation, source }, picture) {
	if (picture.gone) return 'The link has expired; this is the thumbnail.';
	const before = operation === 'upscale' && source?.width ? `${facts(source)} → ` : '';
	return before + facts(picture);
}

/** "a-serene-mountain-2.png": the first words of the prompt, or of the source's name. */
function fileName({ operation, fields, source }, picture, index) {
	const words = fields.prompt ?? `${source.name.replace(/\.\w+$/, '')} ${fields.upscale_factor}`;
	const name = words.toLowerCase().match(/[\p{L}\p{N}]+/gu)?.join('-').slice(0, 48) ?? operation;
	return `${name}-${index + 1}.${extension(picture)}`;
}

const extension = ({ blob }) => (blob && kind(blob).replace('jpeg', 'jpg')) || 'png';
