// The history: links, thumbnails and what is needed to make a picture again, in this browser alone.

import { find, fresh, toast } from './page.js';
import { settings } from './settings.js';
import { keep, kept } from './storage.js';

const KEY = 'studio.history';
const MOST = 48; // entries: with four thumbnails each they stay far below the 5 MB that browsers give

const section = find('.history');
const list = find('ul', section);
let entries = read();
let open = () => {};

/** `{operation, fields, source, strokes, pictures: [{url, thumb, revised, width, height}]}` of a finished order. */
export function remember(entry) {
	entries = [{ ...entry, id: entry.key, when: Date.now() }, ...read()].slice(0, MOST);
	write();
}

export const expired = ({ when }) => Date.now() > when + settings.images_ttl * 1000;

/** `reopen(entry)` is called for the one that was chosen. */
export function begin(reopen) {
	open = reopen;
	show();
}

function read() {
	try {
		return JSON.parse(kept('localStorage', KEY) || '[]');
	} catch {
		return []; // not written by this page
	}
}

function write() {
	if (!keep('localStorage', KEY, JSON.stringify(entries))) toast('The history is full or switched off: this is not kept');
	show();
}

function show() {
	section.hidden = !entries.length;
	list.replaceChildren(...entries.map(card));
}

function card(entry) {
	const item = fresh('memory');
	const thumbs = find('.thumbs', item);
	thumbs.append(...entry.pictures.filter((picture) => picture.thumb).map((picture) => {
		const image = new Image();
		image.src = picture.thumb;
		image.alt = '';
		return image;
	}));
	find('.said', item).textContent = entry.fields.prompt ?? `Upscaled ${entry.fields.upscale_factor}`;
	const time = find('time', item);
	time.dateTime = new Date(entry.when).toISOString();
	time.title = new Date(entry.when).toLocaleString();
	time.textContent = `${entry.operation} · ${expired(entry) ? 'link expired' : moment(new Date(entry.when))}`;
	find('.open', item).addEventListener('click', () => open(entry));
	find('.forget', item).addEventListener('click', () => {
		entries = read().filter(({ id }) => id !== entry.id);
		write();
	});
	return item;
}

/** The time of today, the day of any other. */
function moment(when) {
	if (when.toDateString() === new Date().toDateString()) return when.toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' });
	return when.toLocaleDateString([], { month: 'short', day: 'numeric' });
}

const clear = find('#history-clear');
const SURE = 'Really clear?';

clear.addEventListener('click', () => {
	const sure = clear.textContent === SURE;
	clear.textContent = sure ? 'Clear' : SURE;
	if (!sure) return;
	entries = [];
	write();
});

clear.addEventListener('blur', () => { clear.textContent = 'Clear'; });
