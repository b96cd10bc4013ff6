// What the browser keeps for the page. It may refuse to: then nothing is kept, and all else works.

export function kept(area, name) {
	try {
		return window[area].getItem(name) ?? '';
	} catch {
		return ''; // storage is switched off
	}
}

/** Tells whether it is kept; nothing at all is kept as nothing. */
export function keep(area, name, text) {
	try {
		if (text) window[area].setItem(name, text);
		else window[area].removeItem(name);
		return true;
	} catch {
		return false; // switched off, or full
	}
}
