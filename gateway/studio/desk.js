// One tab: its form becomes an order, the order is made, and its stage shows what came of it.

import { make } from './api.js';
import { remember } from './memory.js';
import { complain, find } from './page.js';
import { hosted, kind, measure, ownPath, thumbnail } from './pictures.js';
import { settings } from './settings.js';
import { Picker } from './source.js';
import { Stage } from './stage.js';
import { token } from './token.js';

const SQUARE = { width: 1, height: 1 };
const FORM_OVERHEAD = 64 * 1024; // boundaries, headers, the prompt

export class Desk {
	#control = null;

	constructor(operation, send) {
		const root = find(`#${operation}`);
		this.operation = operation;
		this.form = find('form', root);
		this.stage = new Stage(find('.stage', root), send);
		const place = find('.source', root);
		this.picker = place && new Picker(place);
		if (find('.count', this.form)) this.#count();
		this.form.addEventListener('submit', (event) => {
			event.preventDefault();
			this.submit();
		});
		this.form.addEventListener('keydown', (event) => {
			if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.form.requestSubmit();
		});
	}

	async submit() {
		if (this.#control || !this.isComplete()) return;
		try {
			this.run(await this.order());
		} catch (error) {
			this.stage.fail({ status: 400, message: error.message }); // no mask could be drawn
		}
	}

	/** What is sent: `{operation, key, fields, source, mask}`; an edit's `strokes` made its mask. */
	async order() {
		return { operation: this.operation, key: newKey(), fields: this.fields(), source: this.picker && { ...this.picker.value }, mask: null };
	}

	fields() {
		const entered = [...new FormData(this.form)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value);
		return Object.fromEntries(entered.map(([name, value]) => [name, ['n', 'seed'].includes(name) ? Number(value) : value]));
	}

	/** Complains at the field about what the gateway would refuse. */
	isComplete() {
		const found = [this.#promptFault(), this.#seedFault(), this.#sourceFault()].filter(Boolean);
		found.forEach(([field, words]) => complain(field, words));
		if (found.length) find('textarea, input', found[0][0]).focus();
		return !found.length;
	}

	#promptFault() {
		const box = find('textarea', this.form);
		if (!box) return null;
		const length = letters(box.value);
		const field = box.closest('.field');
		complain(field, '');
		if (!length) return [field, 'Say what the picture shows or what is to change.'];
		return length > settings.longest_prompt && [field, `At most ${settings.longest_prompt} characters; these are ${length}.`];
	}

	#seedFault() {
		const box = this.form.elements.seed;
		if (!box) return null;
		const field = box.closest('.field');
		complain(field, '');
		return !/^\s*(\d{1,15})?\s*$/.test(box.value) && [field, 'A seed is a whole number.'];
	}

	#sourceFault() {
		if (!this.picker) return null;
		const field = find('.source', this.form);
		if (!this.picker.value) return [field, 'Choose a picture first.'];
		const { blob, url } = this.picker.value;
		const tooMuch = !url && blob.size + FORM_OVERHEAD > settings.max_body;
		return tooMuch && [field, 'The picture is larger than a request may be. Make it smaller first.'];
	}

	async run(order) {
		const control = new AbortController();
		this.#control = control;
		find('.primary', this.form).disabled = true;
		const failed = await this.#make(order, control).then(() => null, (error) => error);
		this.#control = null;
		find('.primary', this.form).disabled = false;
		if (failed) this.#failed(failed, order, control.signal.aborted);
	}

	async #make(order, control) {
		const wait = this.stage.wait(order, this.#shape(order), () => control.abort());
		this.stage.reveal();
		const { pictures, upstream } = await make(order, wait, control.signal);
		const seconds = wait.stop().toFixed(1);
		await Promise.all(pictures.map(prepare));
		const summary = `${count(pictures)} in ${seconds} s${upstream ? `, by ${upstream}` : ''}`;
		this.stage.show(order, { pictures, summary }, await beforeOf(order));
		await this.#remember(order, pictures);
	}

	/** Puts an entry of the history back: its fields into the form, its pictures on the stage. */
	async reopen(entry) {
		this.fill(entry.fields);
		const { source } = entry;
		if (source?.url) await this.picker.take({ name: source.name, url: source.url });
		else if (source) this.picker.refuse(`For the same again, choose ${source.name} again.`);
		const pictures = await Promise.all(entry.pictures.map((picture) => recall(picture)));
		this.stage.show(entry, { pictures, summary: `${count(pictures)} from the history` }, await beforeOf(entry));
		this.stage.reveal();
	}

	fill(fields) {
		for (const control of this.form.elements) {
			if (!control.name) continue;
			const value = String(fields[control.name] ?? '');
			if (control.type === 'radio') control.checked = control.value === value;
			else if (control.name !== 'model' || [...control.options].some((option) => option.value === value)) control.value = value;
			control.dispatchEvent(new Event('input', { bubbles: true }));
		}
	}

	#shape({ fields, source }) {
		const [width, height] = (fields.aspect_ratio ?? '').split(':').map(Number);
		if (height) return { width, height };
		return source?.width ? source : SQUARE;
	}

	#failed(error, order, cancelled) {
		const retry = () => this.run(order);
		if (cancelled) return this.stage.fail({ status: 499, message: 'Nobody waits for these pictures any more.' }, retry);
		const { source } = order;
		// A link that has expired meanwhile is no loss where the picture itself is still here.
		if (error.param === 'image' && source?.url && source.blob) return this.run({ ...order, key: newKey(), source: { ...source, url: null } });
		if (error.status === undefined) console.error(error); // a fault of this page
		if (error.status === 401) token.ask(error.message, retry);
		if (error.param) this.form.elements[error.param]?.setAttribute?.('aria-invalid', 'true');
		return this.stage.fail(error, retry);
	}

	async #remember({ operation, key, fields, source, strokes }, pictures) {
		remember({
			operation,
			key,
			fields,
			source: source && { name: source.name, url: source.url, width: source.width, height: source.height },
			strokes,
			pictures: await Promise.all(pictures.map(async ({ blob, url, revised, width, height }) => ({
				url, revised, width, height, thumb: blob && (await thumbnail(blob).catch(() => '')), // none where memory is short
			}))),
		});
	}

	#count() {
		const box = find('textarea', this.form);
		const out = find('.count', this.form);
		const tell = () => {
			const length = letters(box.value);
			out.textContent = `${length} / ${settings.longest_prompt}`;
			out.classList.toggle('over', length > settings.longest_prompt);
		};
		box.addEventListener('input', tell);
		tell();
	}
}

/** An Idempotency-Key. Not crypto.randomUUID(), which pages over plain HTTP do not have. */
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** As the gateway counts: after trimming, an emoji is one. */
const letters = (text) => [...text.trim()].length;

const count = ({ length }) => (length === 1 ? '1 picture' : `${length} pictures`);

/** Gives a picture an address to be shown from, and its measures. */
async function prepare(picture) {
	picture.shown = picture.blob ? URL.createObjectURL(picture.blob) : picture.url;
	Object.assign(picture, await measure(picture.shown));
	return picture;
}

async function recall({ url, thumb, revised }) {
	const blob = url ? await hosted(url) : null;
	return blob === null ? { gone: true, shown: thumb, revised } : prepare({ blob, url, revised });
}

/** An address of the source of its own, which lives as long as the result. */
async function beforeOf({ source }) {
	const blob = source?.blob ?? (source?.url && (await hosted(source.url)));
	if (blob) return URL.createObjectURL(blob);
	return source?.url && ownPath(source.url) && blob === undefined ? source.url : null;
}
