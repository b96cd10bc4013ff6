// The studio: three desks, a history, and how pictures find their way between them.

import { models } from './api.js';
import { Desk } from './desk.js';
import { EditDesk } from './edit.js';
import { begin } from './memory.js';
import { all, find, toast } from './page.js';
import { settings } from './settings.js';
import { keep } from './storage.js';
import { activate, active } from './tabs.js';
import { token } from './token.js';
import { UpscaleDesk } from './upscale.js';

for (const place of all('[data-options]')) place.append(find(`#${place.dataset.options}`).content.cloneNode(true));

const desks = { generate: new Desk('generate', send), edit: new EditDesk(send), upscale: new UpscaleDesk(send) };

/** A picture, as a file or as a result, to the desk that takes it from here. */
async function send(operation, source) {
	activate(operation);
	await desks[operation].picker.take(source);
	window.scrollTo({ top: 0 });
	find('textarea, input[type=radio]:checked', desks[operation].form).focus({ preventScroll: true });
}

begin((entry) => {
	activate(entry.operation);
	desks[entry.operation].reopen(entry);
});

async function listModels() {
	try {
		const listed = await models();
		for (const [operation, desk] of Object.entries(desks)) offer(desk.form.elements.model, listed, operation);
	} catch (error) {
		if (error.status === 401) token.ask(error.message, listModels);
		else toast(`The models cannot be listed: ${error.message}`);
	}
}

function offer(select, listed, operation) {
	const able = listed.filter((model) => model.operations.includes(operation)).map((model) => model.id);
	const wanted = able.includes(select.value) ? select.value : settings.defaults[operation];
	select.replaceChildren(...able.map((id) => new Option(id, id, false, id === wanted)));
}

/** A picture that was dropped or pasted anywhere goes to the open desk, or to the editing desk. */
function taken(files) {
	const picture = [...files].find((file) => file.type.startsWith('image/'));
	if (picture) send(desks[active()].picker ? active() : 'edit', { name: picture.name || 'pasted.png', blob: picture });
	return Boolean(picture);
}

document.addEventListener('paste', (event) => {
	if (taken(event.clipboardData.files)) event.preventDefault();
});

document.addEventListener('dragover', (event) => {
	if (!event.dataTransfer.types.includes('Files')) return;
	event.preventDefault(); // or the browser would leave the page for the file
	document.body.classList.add('dropping');
});

document.addEventListener('dragleave', (event) => {
	if (!event.relatedTarget) document.body.classList.remove('dropping');
});

document.addEventListener('drop', (event) => {
	document.body.classList.remove('dropping');
	if (!event.dataTransfer.files.length) return;
	event.preventDefault();
	if (!taken(event.dataTransfer.files)) toast('That is no picture');
});

for (const idea of all('.ideas button')) {
	idea.addEventListener('click', () => {
		const box = find(`#${idea.closest('.ideas').dataset.for}`);
		box.value = idea.textContent;
		box.dispatchEvent(new Event('input', { bubbles: true }));
		box.focus();
	});
}

find('#theme-button').addEventListener('click', () => {
	const root = document.documentElement;
	const dark = matchMedia('(prefers-color-scheme: dark)').matches;
	const now = root.dataset.theme ?? (dark ? 'dark' : 'light');
	root.dataset.theme = now === 'dark' ? 'light' : 'dark';
	keep('localStorage', 'studio.theme', root.dataset.theme);
});

listModels();
