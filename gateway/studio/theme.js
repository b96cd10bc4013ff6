// Dark or light before the first paint, so that nothing flashes. No module: those wait for the whole page.
try {
	const chosen = localStorage.getItem('studio.theme');
	if (chosen) document.documentElement.dataset.theme = chosen;
} catch {
	// storage is switched off
}
