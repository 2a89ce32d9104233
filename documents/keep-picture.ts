import { writeFile } from 'node:fs/promises';
import { root } from './root.ts';

/** Puts a picture where the documents show it, and says how heavy it is. */
export async function keep(name: string, picture: Buffer): Promise<void> {
  await writeFile(new URL(`docs/pictures/${name}.png`, root), picture);
  process.stdout.write(`docs/pictures/${name}.png: ${Math.ceil(picture.length / 1024)} KiB\n`);
}
