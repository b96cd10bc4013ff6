// The editing desk: a desk with a mask.

import { Desk } from './desk.js';
import { maskPng, painter, veil } from './mask.js';
import { find } from './page.js';

export class EditDesk extends Desk {
	#strokes = [];

	constructor(send) {
		super('edit', send);
		this.picker.addEventListener('change', () => this.#draw([]));
		find('.paint', this.form).addEventListener('click', async () => {
			this.#draw(await painter.paint(this.picker.value, this.#strokes));
		});
		find('.unpaint', this.form).addEventListener('click', () => this.#draw([]));
	}

	async order() {
		const order = await super.order();
		return { ...order, mask: this.#strokes.length ? await maskPng(this.#strokes, order.source) : null };
	}

	#draw(strokes) {
		const source = this.picker.value;
		const paintable = Boolean(source?.width);
		this.#strokes = strokes;
		find('.mask', this.form).hidden = !paintable;
		find('.unpaint', this.form).hidden = !strokes.length;
		find('.paint span', this.form).textContent = strokes.length ? 'Change the mask' : 'Paint a mask';
		this.picker.overlay.hidden = !strokes.length;
		if (paintable) veil(this.picker.overlay, strokes, source);
	}
}
