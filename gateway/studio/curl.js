// An order as a command for the terminal. The token is named, never written out.

import { address } from './api.js';
import { token } from './token.js';

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

export function curl({ operation, fields, source, mask }) {
	const parts = [`curl ${quoted(address(operation))}`];
	if (token.value) parts.push('-H "Authorization: Bearer $TOKEN"');
	if (operation === 'generate') {
		parts.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(fields))}`);
		return parts.join(' \\\n  ');
	}
	parts.push(source.url ? `--form-string ${quoted(`image=${source.url}`)}` : `-F ${quoted(`image=@${fileName(source.name)}`)}`);
	if (mask) parts.push('-F mask=@mask.png');
	Object.entries(fields).forEach(([name, value]) => parts.push(`--form-string ${quoted(`${name}=${value}`)}`));
	return parts.join(' \\\n  ');
}

/** curl reads `,` and `;` in a bare name as more files and as attributes. */
function fileName(name) {
	return /^[\w.-]+$/.test(name) ? name : `"${name.replace(/[\\"]/g, '\\$&')}"`;
}
