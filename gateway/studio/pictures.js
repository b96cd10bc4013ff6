// Pictures as values: bytes, measures, thumbnails, and words for them.

import { settings } from './settings.js';

const THUMBNAIL = 192;

/** What the API takes, as browsers name it. */
export const TAKEN = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/bmp'];

export function fromBase64(text, type) {
	const bytes = Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
	return new Blob([bytes], { type });
}

/** Width and height as a viewer shows them; null for what the browser cannot show. */
export async function measure(address) {
	const image = new Image();
	image.src = address;
	try {
		await image.decode();
	} catch {
		return null; // EncodingError is all that decode() knows
	}
	return { width: image.naturalWidth, height: image.naturalHeight };
}

/** A small JPEG as a data URL. */
export async function thumbnail(blob) {
	const image = await createImageBitmap(blob);
	const scale = THUMBNAIL / Math.max(image.width, image.height, THUMBNAIL);
	const canvas = document.createElement('canvas');
	canvas.width = Math.max(1, Math.round(image.width * scale));
	canvas.height = Math.max(1, Math.round(image.height * scale));
	const pen = canvas.getContext('2d');
	pen.fillStyle = '#fff';
	pen.fillRect(0, 0, canvas.width, canvas.height);
	pen.drawImage(image, 0, 0, canvas.width, canvas.height);
	image.close();
	return canvas.toDataURL('image/jpeg', 0.75);
}

export function weight(bytes) {
	if (bytes < 1024) return `${bytes} bytes`;
	const [amount, unit] = bytes < 1024 ** 2 ? [bytes / 1024, 'kB'] : [bytes / 1024 ** 2, 'MB'];
	return `${amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${unit}`;
}

/** "1024 × 768, 1.2 MB, PNG" of what is known. */
export function facts({ width, height, blob }) {
	const known = [];
	if (width) known.push(`${width} × ${height}`);
	if (blob) known.push(weight(blob.size), kind(blob).toUpperCase());
	return known.join(' · ');
}

export const kind = (blob) => blob.type.split('/')[1] || '';

/**
 * The path under which this very page's origin serves one of the gateway's pictures; null for any other address.
 *
 * Behind a proxy the address that the API gives may differ in scheme or host from that of the page, and the page's
 * policy lets it read from its own origin alone.
 */
export function ownPath(address) {
	const url = new URL(address, document.baseURI);
	const found = /\/images\/([^/]+)$/.exec(url.pathname);
	const ours = [location.host, settings.public_url && new URL(settings.public_url).host];
	return found && ours.includes(url.host) ? `images/${found[1]}${url.search}` : null;
}

/** The bytes of a hosted picture. Null: it is gone. Undefined: they cannot be had from here. */
export async function hosted(address, signal) {
	const path = ownPath(address);
	if (!path) return undefined;
	try {
		const response = await fetch(new URL(path, document.baseURI), { signal });
		if (response.status === 404) return null;
		return response.ok ? await response.blob() : undefined;
	} catch (error) {
		if (error.name === 'AbortError') throw error;
		return undefined; // the picture's address may still do for an <img>
	}
}
