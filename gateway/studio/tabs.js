// Three tabs that the address remembers: #/generate, #/edit, #/upscale. The slash keeps browsers from scrolling to the panel.

import { all, find } from './page.js';

const tabs = all('[role=tab]');
const panels = tabs.map((tab) => find(`#${tab.getAttribute('aria-controls')}`));

export const active = () => tabs.find((tab) => tab.getAttribute('aria-selected') === 'true').getAttribute('aria-controls');

export function activate(name) {
	tabs.forEach((tab, index) => {
		const chosen = panels[index].id === name;
		tab.setAttribute('aria-selected', String(chosen));
		tab.tabIndex = chosen ? 0 : -1;
		panels[index].hidden = !chosen;
	});
	if (location.hash !== `#/${name}`) history.replaceState(null, '', `#/${name}`);
}

const named = () => panels.find((panel) => `#/${panel.id}` === location.hash)?.id;

tabs.forEach((tab, index) => {
	tab.addEventListener('click', () => activate(panels[index].id));
	tab.addEventListener('keydown', (event) => {
		const to = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: -1 }[event.key];
		if (to === undefined) return;
		event.preventDefault();
		const next = (to + tabs.length) % tabs.length;
		activate(panels[next].id);
		tabs[next].focus();
	});
});

window.addEventListener('hashchange', () => activate(named() ?? active()));
activate(named() ?? 'generate');
