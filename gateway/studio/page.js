// The page's own vocabulary: find, copy a template, say something.

export const find = (selector, root = document) => root.querySelector(selector);

export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/** The first element of a fresh copy of `<template id="t-NAME">`. */
export const fresh = (name) => find(`#t-${name}`).content.cloneNode(true).firstElementChild;

/** For screen readers alone; the same words twice are said twice. */
export function say(words) {
	find('#status').textContent = '';
	setTimeout(() => { find('#status').textContent = words; }, 50);
}

let hiding;

/** A short word for everybody. */
export function toast(words) {
	const box = find('#toast');
	box.textContent = words;
	box.classList.add('shown');
	clearTimeout(hiding);
	hiding = setTimeout(() => box.classList.remove('shown'), 2500);
	say(words);
}

/** The one complaint of a field, or none. */
export function complain(field, words) {
	const box = find('.wrong', field);
	box.textContent = words;
	const control = find('textarea, input:not([type=file], [type=url]), select', field); // an address is one of several ways
	if (words) control?.setAttribute('aria-invalid', 'true');
	else control?.removeAttribute('aria-invalid');
	return Boolean(words);
}
