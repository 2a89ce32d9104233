import { readFileSync } from 'node:fs';
import { documentFiles } from './block.ts';
import { root } from './root.ts';

const FENCED = /(<!-- printed from ([^\n]+) -->\n+```\w+\n).*?(^```$)/gms;

/** Documents that show files, with the files as they are now. */
export function documentsWithSnippets(): readonly { readonly file: string; readonly text: string }[] {
  return documentFiles().flatMap((file) => {
    const written = readFileSync(new URL(file, root), 'utf8');
    return written.includes('<!-- printed from ') ? [{ file, text: withSnippets(written) }] : [];
  });
}

const withSnippets = (written: string): string =>
  written.replaceAll(FENCED, (...found: string[]) => {
    const [, opening = '', from = '', closing = ''] = found;
    return `${opening}${readFileSync(new URL(from, root), 'utf8')}${closing}`;
  });
