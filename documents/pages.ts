import { globSync, readFileSync } from 'node:fs';
import { enforcement } from '../src/web/api/law/enforced.ts';
import { EXCLUSION_RULES } from '../src/people/eligibility/eligibility.repository.ts';
import { fileFailures } from '../src/reading/import-table.ts';
import { refusals } from '../src/platform/errors.ts';
import { rules, rulesVersion } from '../src/law/book.ts';
import { profiles } from '../src/law/profile.ts';
import { verdicts } from '../test/asvs/verdicts/all.ts';
import { asvsPage } from './asvs-page.ts';
import { importDrawing } from './drawings/import-drawing.ts';
import { ledgerDrawing, stepsIn } from './drawings/ledger-drawing.ts';
import { seriesDrawing } from './drawings/series-drawing.ts';
import { stopDrawing } from './drawings/stop-drawing.ts';
import { windowDrawing } from './drawings/window-drawing.ts';
import { errorsPage } from './errors-page.ts';
import { gatewaysPage } from './gateways-page.ts';
import { importGraph } from './import-graph.ts';
import { lawPage } from './law-page.ts';
import { lawToConfirmPage } from './law-to-confirm-page.ts';
import { performancePage } from './performance-page.ts';
import { root } from './root.ts';
import { documentsWithSnippets } from './snippet.ts';

/** A printed page and where it is kept, from the root of the project. */
export interface Page {
  readonly file: string;
  readonly text: string;
}

/** Every page that is printed from sources. */
export function pages(): readonly Page[] {
  const files = provisionFiles();
  const fileOf = (id: string): string => {
    const file = files.get(id);
    if (file === undefined) throw new Error(`no chapter states ${id}`);
    return file;
  };
  return [
    {
      file: 'docs/errors.md',
      text: errorsPage({ catalogue: refusals, failures: fileFailures, grounds: EXCLUSION_RULES }),
    },
    { file: 'docs/gateways.md', text: gatewaysPage() },
    { file: 'docs/law.md', text: lawPage({ rules, profiles, version: rulesVersion, enforcement, fileOf }) },
    { file: 'docs/law-to-confirm.md', text: lawToConfirmPage(rules) },
    { file: 'docs/performance.md', text: performancePage() },
    { file: 'docs/security/asvs.md', text: asvsPage(verdicts) },
    ...documentsWithSnippets(),
    { file: 'docs/pictures/window.svg', text: windowDrawing() },
    { file: 'docs/pictures/series.svg', text: seriesDrawing() },
    {
      file: 'docs/pictures/ledger.svg',
      text: ledgerDrawing(stepsIn(written('docs/introduction/message.md'))),
    },
    { file: 'docs/pictures/stop.svg', text: stopDrawing() },
    { file: 'docs/pictures/imports.svg', text: importDrawing(importGraph()) },
  ];
}

const written = (file: string): string => readFileSync(new URL(file, root), 'utf8');

/** The file that states each provision, by its id. */
function provisionFiles(): ReadonlyMap<string, string> {
  const found = globSync('src/{law/chapters,rule}/*.ts', { cwd: root }).flatMap((file) => {
    const text = readFileSync(new URL(file, root), 'utf8');
    return [...text.matchAll(/\bid: '([A-Z]{2,3}-\d{2})'/g)].map(([, id = '']) => [id, file] as const);
  });
  return new Map(found);
}
