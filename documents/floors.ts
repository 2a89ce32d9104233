import { readFileSync } from 'node:fs';
import { root } from './root.ts';

/** The folders of the sources by floor, lowest first. A folder imports from its own floor and from lower ones. */
export const FLOORS = (
  JSON.parse(readFileSync(new URL('documents/floors.json', root), 'utf8')) as { floors: string[][] }
).floors;

/** The folder of a file of the sources; workflows and activities belong to `temporal`. */
export const folderOf = (file: string): string => {
  const [top = '', second = ''] = file.split('/');
  return top === 'src' ? second : 'temporal';
};

/** The floor of a file, from 0; negative where its folder has none. */
export const floorOf = (file: string): number =>
  FLOORS.findIndex((folders) => folders.includes(folderOf(file)));
