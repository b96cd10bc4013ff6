// Speaks to the gateway: orders and answers, its error objects, its event stream, connections that break.

import { events } from './events.js';
import { fromBase64, hosted } from './pictures.js';
import { token } from './token.js';

const WAITS = [1, 2, 4]; // seconds, as the guide tells every client
const PATHS = { generate: 'v1/images/generations', edit: 'v1/images/edits', upscale: 'v1/images/upscale' };
const LOST = 'The connection to the gateway was lost';

/** What went wrong; status 0 is a connection that broke or never was, `begun` is work that may be billed. */
export class Failure extends Error {
	constructor(message, { status = 0, param = null, code = null, retryAfter = 0, begun = false } = {}) {
		super(message);
		Object.assign(this, { status, param, code, retryAfter, begun });
	}
}

export const address = (operation) => new URL(PATHS[operation], document.baseURI).href;

export async function models() {
	const response = await call(new URL('v1/models', document.baseURI));
	return (await response.json()).data;
}

/**
 * Has pictures made: `{pictures: [{blob, url, revised}], upstream}`.
 *
 * A broken connection is tried again. The order's own Idempotency-Key makes that safe: the gateway then answers with
 * the work that it began, and makes and bills nothing twice.
 */
export async function make(order, listener, signal) {
	for (let attempt = 0; ; attempt += 1) {
		try {
			return await once(order, listener, signal);
		} catch (error) {
			if (!(error instanceof Failure) || error.status || attempt === WAITS.length) throw error;
			listener.lost(WAITS[attempt]);
			await pause(WAITS[attempt], signal);
		}
	}
}

async function once(order, listener, signal) {
	const response = await call(address(order.operation), {
		method: 'POST',
		body: body(order),
		headers: {
			'Idempotency-Key': order.key,
			...(order.operation === 'generate' && { 'Content-Type': 'application/json' }),
		},
		signal,
	});
	const streamed = response.headers.get('Content-Type').startsWith('text/event-stream');
	const pictures = await unbroken(streamed ? fromStream(response, listener) : fromJson(response, signal));
	return { pictures, upstream: response.headers.get('X-Upstream') };
}

function body({ operation, fields, source, mask }) {
	const asked = { ...fields, response_format: 'url', ...(operation !== 'upscale' && { stream: true }) };
	if (operation === 'generate') return JSON.stringify(asked);
	const form = new FormData();
	Object.entries(asked).forEach(([name, value]) => form.set(name, value));
	if (source.url) form.set('image', source.url);
	else form.set('image', source.blob, source.name);
	if (mask) form.set('mask', mask, 'mask.png');
	return form;
}

async function fromStream(response, listener) {
	const pictures = [];
	for await (const { name, data } of events(response.body)) {
		if (name === 'comment') listener.progress(/^progress ([\d.]+)$/.exec(data)?.[1]);
		else if (name === 'error') throw told(JSON.parse(data).error);
		else {
			const event = JSON.parse(data);
			const blob = fromBase64(event.b64_json, `image/${event.output_format}`);
			if (name.endsWith('.partial_image')) listener.preview(blob, event.partial_image_index);
			else pictures.push({ blob, url: event.url, revised: event.revised_prompt });
		}
	}
	if (!pictures.length) throw new Failure(LOST);
	return pictures;
}

async function fromJson(response, signal) {
	const { data } = await response.json();
	return Promise.all(data.map(async (item) => ({
		blob: await hosted(item.url, signal),
		url: item.url,
		revised: item.revised_prompt,
	})));
}

async function call(url, options = {}) {
	const headers = new Headers(options.headers);
	if (token.value) headers.set('Authorization', `Bearer ${token.value}`);
	const response = await unbroken(fetch(url, { ...options, headers, cache: 'no-store' }));
	if (response.ok) return response;
	throw await refusal(response);
}

/** Browsers say TypeError for every kind of broken connection, before the answer and in the middle of it. */
async function unbroken(promise) {
	try {
		return await promise;
	} catch (error) {
		throw error instanceof TypeError ? new Failure(LOST) : error;
	}
}

async function refusal(response) {
	const { status } = response;
	const retryAfter = Number(response.headers.get('Retry-After')) || 0;
	const error = await response.json().then((answer) => answer.error, () => null); // a proxy's page is no JSON
	return new Failure(error?.message ?? `The answer was ${status} ${response.statusText}`, {
		...error,
		status,
		retryAfter,
		begun: response.headers.get('x-should-retry') === 'false',
	});
}

/** An `error` event has no status line; its type tells what the status would have been. */
function told(error) {
	const timeout = error.message === 'Server polling timeout';
	const status = { invalid_request_error: 400, rate_limit_error: 429 }[error.type] ?? (timeout ? 504 : 500);
	return new Failure(error.message, { ...error, status, begun: status >= 500 });
}

function pause(seconds, signal) {
	return new Promise((done, stop) => {
		const end = setTimeout(done, seconds * 1000);
		signal.addEventListener('abort', () => {
			clearTimeout(end);
			stop(signal.reason);
		}, { once: true });
	});
}
