// Server-sent events out of a response, piece by piece.

/** Yields `{name, data}`; a comment is an event of the name "comment". */
export async function* events(body) {
	let name = 'message';
	let data = [];
	for await (const line of lines(body)) {
		if (line.startsWith(':')) yield { name: 'comment', data: line.slice(1).trim() };
		else if (line.startsWith('event:')) name = line.slice(6).trim();
		else if (line.startsWith('data:')) data.push(line.slice(5).trim());
		else if (line === '' && data.length) {
			yield { name, data: data.join('\n') };
			name = 'message';
			data = [];
		}
	}
}

/** A picture is one line of megabytes: its pieces are joined once, when its end is here. */
async function* lines(body) {
	const reader = body.pipeThrough(new TextDecoderStream()).getReader();
	const parts = [];
	for (;;) {
		const { value, done } = await reader.read();
		if (done) return;
		const [first, ...others] = value.split('\n');
		parts.push(first);
		for (const next of others) {
			yield parts.splice(0).join('');
			parts.push(next);
		}
	}
}
