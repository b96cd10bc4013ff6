// The editing desk: a desk with a mask.

import { Desk } from './desk.js';
import { maskPng, painter, veil } from './mask.js';
import { find } from './page.js';

export class EditDesk extends Desk {
	#strokes = [];
	#recalled = null;

	constructor(send) {
		super('edit', send);
		this.picker.addEventListener('change', () => this.#draw(this.#recall()));
		find('.paint', this.form).addEventListener('click', async () => {
			this.#draw(await painter.paint(this.picker.value, this.#strokes));
		});
		find('.unpaint', this.form).addEventListener('click', () => this.#draw([]));
	}

	async order() {
		const order = await super.order();
		const strokes = this.#strokes;
		return { ...order, strokes, mask: strokes.length ? await maskPng(strokes, order.source) : null };
	}

	async reopen(entry) {
		this.#recalled = entry;
		await super.reopen(entry);
	}

	/** The mask of the entry that was put back, once a picture of its size is here again. */
	#recall() {
		const { width, height } = this.picker.value ?? {};
		const { source, strokes } = this.#recalled ?? {};
		if (width) this.#recalled = null;
		return width && width === source?.width && height === source?.height ? strokes ?? [] : [];
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
