// Paints a mask: strokes in the picture's own pixels, drawn small on the screen and whole into the PNG that is sent.

import { find } from './page.js';

const FINEST = 1600; // pixels of the longer side on the screen; only the PNG needs all of them
const COLOUR = '#f4c20d';

/** The picture's size with transparent holes where it may change. */
export function maskPng(strokes, { width, height }) {
	const canvas = document.createElement('canvas');
	canvas.width = width;
	canvas.height = height;
	const pen = canvas.getContext('2d');
	pen.fillRect(0, 0, width, height);
	for (const stroke of strokes) trace(pen, stroke, stroke.erase ? 'source-over' : 'destination-out');
	return new Promise((done, fail) => {
		canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error('The picture is too large to paint on in this browser'))));
	});
}

/** Strokes as a coloured veil. */
export function veil(canvas, strokes, { width, height }) {
	const scale = Math.min(1, FINEST / Math.max(width, height));
	canvas.width = Math.round(width * scale);
	canvas.height = Math.round(height * scale);
	const pen = canvas.getContext('2d');
	pen.setTransform(scale, 0, 0, scale, 0, 0);
	pen.strokeStyle = COLOUR;
	for (const stroke of strokes) cover(pen, stroke);
	return pen;
}

const cover = (pen, stroke, from) => trace(pen, stroke, stroke.erase ? 'destination-out' : 'source-over', from);

function trace(pen, { radius, points }, operation, from = 0) {
	pen.globalCompositeOperation = operation;
	pen.lineWidth = radius * 2;
	pen.lineCap = 'round';
	pen.lineJoin = 'round';
	pen.beginPath();
	pen.moveTo(...points[from]);
	points.slice(from).forEach((point) => pen.lineTo(...point));
	pen.stroke();
}

/** The dialog; there is one on the page. */
class Painter {
	#box = find('#painter');
	#canvas = find('canvas', this.#box);
	#ring = find('.ring', this.#box);
	#source;
	#strokes = [];
	#pen;
	#cursor;
	#painting = false;

	constructor() {
		find('.done', this.#box).addEventListener('click', () => this.#box.close());
		find('.undo', this.#box).addEventListener('click', () => this.#change(this.#strokes.slice(0, -1)));
		find('.clear', this.#box).addEventListener('click', () => this.#change([]));
		find('.size input', this.#box).addEventListener('input', () => this.#move(this.#cursor));
		this.#canvas.addEventListener('pointerdown', (event) => this.#begin(event));
		this.#canvas.addEventListener('pointermove', (event) => this.#go(event));
		for (const end of ['pointerup', 'pointercancel']) this.#canvas.addEventListener(end, () => { this.#painting = false; });
		this.#canvas.addEventListener('keydown', (event) => this.#key(event));
	}

	/** Resolves with the strokes once the dialog is closed. */
	paint(source, strokes) {
		this.#source = source;
		const { width, height, shown } = source;
		find('img', this.#box).src = shown;
		const sheet = find('.sheet', this.#box);
		sheet.style.setProperty('--w', width);
		sheet.style.setProperty('--h', height);
		this.#box.showModal();
		this.#change(strokes);
		this.#move([width / 2, height / 2]);
		return new Promise((done) => this.#box.addEventListener('close', () => done(this.#strokes), { once: true }));
	}

	get #radius() {
		const share = Number(find('.size input', this.#box).value) / 200;
		return Math.max(1, share * Math.max(this.#source.width, this.#source.height));
	}

	#change(strokes) {
		this.#strokes = [...strokes];
		this.#pen = veil(this.#canvas, this.#strokes, this.#source);
		for (const name of ['.undo', '.clear']) find(name, this.#box).disabled = !strokes.length;
	}

	#at(event) {
		const box = this.#canvas.getBoundingClientRect();
		const { width, height } = this.#source;
		// Whole pixels: the history keeps them as text.
		return [((event.clientX - box.left) / box.width) * width, ((event.clientY - box.top) / box.height) * height].map(Math.round);
	}

	#begin(event) {
		event.preventDefault();
		this.#canvas.focus();
		this.#canvas.setPointerCapture(event.pointerId);
		this.#painting = true;
		this.#stroke(this.#at(event));
	}

	#go(event) {
		this.#move(this.#at(event));
		if (!this.#painting) return;
		const stroke = this.#strokes.at(-1);
		stroke.points.push(this.#at(event));
		cover(this.#pen, stroke, stroke.points.length - 2);
	}

	#stroke(point) {
		const erase = find('input[name=tool]:checked', this.#box).value === 'erase';
		this.#change([...this.#strokes, { erase, radius: this.#radius, points: [point] }]);
		this.#move(point);
	}

	#move([x, y]) {
		this.#cursor = [x, y];
		const { width, height } = this.#source;
		this.#ring.style.left = `${(x / width) * 100}%`;
		this.#ring.style.top = `${(y / height) * 100}%`;
		this.#ring.style.width = `${((this.#radius * 2) / width) * 100}%`;
	}

	#key(event) {
		const [x, y] = this.#cursor;
		const step = this.#radius / 2;
		const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
		const move = moves[event.key];
		const { width, height } = this.#source;
		if (move) this.#move([clamp(x + move[0], width), clamp(y + move[1], height)]);
		else if (event.key === ' ') this.#stroke(this.#cursor);
		else if (event.key === 'z') this.#change(this.#strokes.slice(0, -1));
		else return;
		event.preventDefault();
	}
}

const clamp = (value, most) => Math.min(most, Math.max(0, value));

export const painter = new Painter();
