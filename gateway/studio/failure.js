// What went wrong, in the API's own words, and what to do about it.

import { find, fresh } from './page.js';
import { weight } from './pictures.js';
import { settings } from './settings.js';

const TITLES = {
	0: 'No connection',
	401: 'A token is needed',
	403: 'Not allowed',
	413: 'Too large',
	429: 'Too many requests',
	499: 'Cancelled',
	503: 'Not available now',
	504: 'It took too long',
};

const WAIT = 'Wait a moment and try again.';

const ADVICE = {
	0: 'It was tried three times more. Trying again asks for the same work: nothing is billed twice.',
	401: 'Give the token above, and the request is sent again.',
	413: `A picture may have ${weight(settings.max_picture)}, a whole request ${weight(settings.max_body)}.`,
	429: WAIT,
	499: 'Work that a backend had begun may be finished, and billed, all the same.',
	500: 'A simpler prompt or a cleaner picture often helps.',
	503: WAIT,
	504: 'One picture at a time, or a smaller source, often helps.',
};

const BEGUN = ' A backend may have done it, and billed it, all the same: trying again may be billed again.';

const UNCHANGED = new Set([400, 401, 403, 404, 413, 415]); // would be refused again

/** A card with the failure; `retry` is called when asked to. Its `stop` ends the countdown. */
export function failure(error, retry) {
	const card = fresh('failure');
	const { status = 500 } = error;
	const refused = error.code === 'content_policy_violation';
	find('h2', card).textContent = refused ? 'Refused by the backend' : TITLES[status] ?? (status < 500 ? 'Not accepted' : 'It did not work');
	find('.message', card).textContent = error.message;
	find('.advice', card).textContent = refused ? 'Say it in other words.' : advice(status, error.begun);
	const button = find('.retry', card);
	button.hidden = UNCHANGED.has(status);
	if (retry) button.addEventListener('click', retry);
	const stop = error.retryAfter ? countDown(button, error.retryAfter) : () => {};
	return { card, stop };
}

function advice(status, begun) {
	if (ADVICE[status] === undefined && status < 500) return 'Change the request and send it again.';
	return (ADVICE[status] ?? ADVICE[500]) + (begun ? BEGUN : '');
}

function countDown(button, seconds) {
	const end = Date.now() + seconds * 1000;
	const show = () => {
		const left = Math.ceil((end - Date.now()) / 1000);
		button.disabled = left > 0;
		button.textContent = left > 0 ? `Try again in ${left} s` : 'Try again';
		if (left <= 0) clearInterval(timer);
	};
	const timer = setInterval(show, 250);
	show();
	return () => clearInterval(timer);
}
