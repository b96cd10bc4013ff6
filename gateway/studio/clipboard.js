// Copying, also where a page over plain HTTP is given no clipboard.

import { toast } from './page.js';

export async function copy(text, what) {
	if (navigator.clipboard) await navigator.clipboard.writeText(text);
	else copyBySelection(text);
	toast(`${what} copied`);
}

function copyBySelection(text) {
	const box = document.createElement('textarea');
	box.value = text;
	box.className = 'vh';
	document.body.append(box);
	box.select();
	document.execCommand('copy');
	box.remove();
}
