// Where a desk gets its picture: a file, a drop, a paste, an address, or the result of another desk.

import { complain, find, say } from './page.js';
import { facts, measure, ownPath, TAKEN, weight } from './pictures.js';
import { settings } from './settings.js';

/** Tells "change". Its value is null or `{name, blob, url, shown, width, height}`, of which `blob` or `url` is sent. */
export class Picker extends EventTarget {
	value = null;
	#root;
	#latest = 0;

	constructor(root) {
		super();
		this.#root = root;
		root.append(find('#t-source').content.cloneNode(true));
		const input = find('input[type=file]', root);
		find('.drop small', root).textContent = `PNG, JPEG, WebP, GIF or BMP, up to ${weight(settings.max_picture)}`;
		input.addEventListener('change', () => {
			if (input.files.length) this.file(input.files[0]);
			input.value = ''; // the same file may be chosen again
		});
		find('.address button', root).addEventListener('click', () => this.address(find('.address input', root).value.trim()));
		find('.address input', root).addEventListener('keydown', (event) => {
			if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
			event.preventDefault();
			this.address(event.target.value.trim());
		});
		find('.remove', root).addEventListener('click', () => {
			this.#set(null);
			input.focus();
		});
	}

	file(blob, name = blob.name || 'picture.png') {
		return this.take({ name, blob });
	}

	address(text) {
		if (!/^https?:\/\/\S+$/i.test(text)) return this.refuse('An address begins with https:// or http://');
		return this.take({ name: text.split(/[?#]/)[0].split('/').pop() || text, url: text });
	}

	/** `source` has a name, and a blob, an address or both. */
	async take(source) {
		const ticket = ++this.#latest;
		const { blob, url } = source;
		if (blob?.type && !TAKEN.includes(blob.type)) return this.refuse(`${source.name} is no PNG, JPEG, WebP, GIF or BMP.`);
		if (blob?.size > settings.max_picture) {
			const [has, most] = [blob.size, settings.max_picture].map(weight);
			return this.refuse(`${source.name} has ${has === most ? 'more' : has}; at most ${most} are taken. Make it smaller first.`);
		}
		const shown = blob ? URL.createObjectURL(blob) : ownPath(url);
		const size = shown && (await measure(shown));
		if (ticket !== this.#latest) return undefined;
		if (blob && !size) return this.refuse(`${source.name} is damaged, or no picture.`);
		if (size && size.width * size.height > settings.max_pixels) {
			return this.refuse(`${source.name} has ${size.width} × ${size.height} pixels; at most ${settings.max_pixels / 1e6} megapixels are taken.`);
		}
		return this.#set({ ...source, ...size, shown: size && shown });
	}

	refuse(words) {
		complain(this.#root, words);
	}

	/** Where a painted mask is shown over the picture. */
	get overlay() {
		return find('canvas', this.#root);
	}

	#set(value) {
		if (this.value?.blob) URL.revokeObjectURL(this.value.shown);
		this.value = value;
		complain(this.#root, '');
		find('.address input', this.#root).value = '';
		for (const part of ['.drop', '.address']) find(part, this.#root).hidden = Boolean(value);
		find('.chosen', this.#root).hidden = !value;
		this.#show(value);
		this.dispatchEvent(new Event('change'));
	}

	#show(value) {
		const image = find('.frame img', this.#root);
		image.hidden = !value?.shown;
		if (value?.shown) image.src = value.shown;
		else image.removeAttribute('src');
		const told = value && [value.name, facts(value)].filter(Boolean).join(' · ');
		find('.facts', this.#root).textContent = value?.shown ? told : `${told} · fetched by the gateway, not shown here`;
		if (value) say(`Picture chosen: ${told}`);
	}
}
