// The bearer token: asked for after a 401, kept for the life of the tab.

import { find, say } from './page.js';
import { keep, kept } from './storage.js';

const KEY = 'studio.token';
const box = find('#token');
const field = find('#token-field');
const button = find('#token-button');
let value = kept('sessionStorage', KEY);
let waiting = [];

export const token = {
	get value() {
		return value;
	},

	/** Shows the field; `then` runs once a token was given. */
	ask(why, then) {
		find('#token-why').textContent = `${why}. A token is kept until this tab is closed, and sent to this gateway alone.`;
		waiting.push(then);
		open(true);
		say(why);
	},
};

function open(shown) {
	box.hidden = !shown;
	button.hidden = false;
	button.setAttribute('aria-expanded', String(shown));
	find('#token-forget').hidden = !value;
	if (!shown) return;
	field.focus({ preventScroll: true });
	box.scrollIntoView({ block: 'nearest' });
}

function use(given) {
	value = given;
	field.value = '';
	keep('sessionStorage', KEY, value);
}

button.addEventListener('click', () => open(box.hidden));

find('#token-forget').addEventListener('click', () => {
	use('');
	open(true);
});

find('form', box).addEventListener('submit', (event) => {
	event.preventDefault();
	if (!field.value.trim()) return field.focus();
	use(field.value.trim());
	open(false);
	const then = waiting;
	waiting = [];
	then.forEach((run) => run());
});

if (value) open(false);
