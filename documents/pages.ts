import { globSync, readFileSync } from 'node:fs';
import { refusals } from '../src/errors.ts';
import { rules, rulesVersion } from '../src/law/index.ts';
import { profiles } from '../src/law/profile.ts';
import { enforcement } from './enforcement.ts';
import { errorsPage } from './errors-page.ts';
import { lawPage } from './law-page.ts';

/** A printed page and where it is kept, from the root of the project. */
export interface Page {
  readonly file: string;
  readonly text: string;
}

/** The root of the project. */
export const root = new URL('../', import.meta.url);

/** Every page that is printed from sources. */
export function pages(): readonly Page[] {
  const files = provisionFiles();
  const fileOf = (id: string): string => files.get(id) ?? '';
  return [
    { file: 'docs/errors.md', text: errorsPage(refusals) },
    { file: 'docs/law.md', text: lawPage({ rules, profiles, version: rulesVersion, enforcement, fileOf }) },
  ];
}

/** The file that states each provision, by its id. */
function provisionFiles(): ReadonlyMap<string, string> {
  const found = globSync('src/law/**/*.ts', { cwd: root }).map((file) => {
    const id = /^\s*id: '([A-Z]{2,3}-\d{2})'/m.exec(readFileSync(new URL(file, root), 'utf8'))?.[1];
    return [id ?? '', file] as const;
  });
  return new Map(found);
}
