// The upscaling desk: a desk that tells what the result will measure, and what is too large before it is sent.

import { Desk } from './desk.js';
import { all, find } from './page.js';
import { settings } from './settings.js';

export class UpscaleDesk extends Desk {
	constructor(send) {
		super('upscale', send);
		this.picker.addEventListener('change', () => this.#tell());
		this.form.addEventListener('input', () => this.#tell());
		this.#tell();
	}

	isComplete() {
		return super.isComplete() && !this.#excess();
	}

	#tell() {
		const { width, height } = this.picker.value ?? {};
		for (const words of all('[data-factor]', this.form)) {
			const factor = Number(words.dataset.factor);
			if (width) words.textContent = `${width * factor} × ${height * factor}`;
			else words.textContent = factor === 2 ? 'twice the width and height' : 'four times the width and height';
		}
		find('#slow').hidden = this.#factor() !== 4;
		find('#too-many-pixels').textContent = this.#excess();
	}

	#factor() {
		return Number(this.form.elements.upscale_factor.value.slice(1));
	}

	/** Why the result would be refused, or nothing. */
	#excess() {
		const { width, height } = this.picker.value ?? {};
		const pixels = width ? width * height * this.#factor() ** 2 : 0;
		if (pixels <= settings.max_output_pixels) return '';
		return `That would be ${Math.round(pixels / 1e6)} megapixels; at most ${Math.floor(settings.max_output_pixels / 1e6)} are made here.`;
	}
}
