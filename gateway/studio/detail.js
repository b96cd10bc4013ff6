// Where a picture has most to see: the loupe begins there, rather than in an empty sky.

const SIDE = 96; // pixels of the small copy that is looked at
const CELL = 8;
const EDGE = 0.2; // share of the picture at each side where a loupe would hang over the edge
const HANDLE = 0.17; // share to either side of the middle, where the slider's handle lies

/** A place from 0 to 1 in both directions, or null where the picture may not be read: another origin's. */
export async function busiest(image) {
	try {
		await image.decode();
		return place(lightness(image));
	} catch {
		return null;
	}
}

function lightness(image) {
	const canvas = document.createElement('canvas');
	canvas.width = canvas.height = SIDE;
	const pen = canvas.getContext('2d', { willReadFrequently: true });
	pen.drawImage(image, 0, 0, SIDE, SIDE);
	const { data } = pen.getImageData(0, 0, SIDE, SIDE);
	return Float32Array.from({ length: SIDE * SIDE }, (_, at) => data[at * 4] * 0.3 + data[at * 4 + 1] * 0.6 + data[at * 4 + 2] * 0.1);
}

function place(light) {
	let best = { x: 0.75, y: 0.6, change: 0 };
	for (let top = 0; top < SIDE; top += CELL) {
		for (let left = 0; left < SIDE; left += CELL) {
			const [x, y] = [left, top].map((start) => (start + CELL / 2) / SIDE);
			if (Math.min(x, y, 1 - x, 1 - y) < EDGE || Math.abs(x - 0.5) < HANDLE) continue;
			const change = changes(light, left, top);
			if (change > best.change) best = { x, y, change };
		}
	}
	return best;
}

/** How much neighbours differ within a cell. */
function changes(light, left, top) {
	let sum = 0;
	for (let y = top; y < top + CELL - 1; y += 1) {
		for (let x = left; x < left + CELL - 1; x += 1) {
			const at = y * SIDE + x;
			sum += Math.abs(light[at] - light[at + 1]) + Math.abs(light[at] - light[at + SIDE]);
		}
	}
	return sum;
}
