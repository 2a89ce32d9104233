import { chapters, levelOf, required } from '../test/asvs/standard.ts';
import type { Verdict, Verdicts } from '../test/asvs/verdict.ts';

const WORDS: Readonly<Record<Verdict['kind'], string>> = {
  holds: 'holds',
  deployment: 'of the deployment',
  absent: 'does not apply, because',
  open: 'not shown',
};

/** Each requirement of OWASP ASVS 5.0.0, levels 1 and 2, with what became of it here. */
export function asvsPage(verdicts: Verdicts): string {
  const judged = required.flatMap((id) => {
    const verdict = verdicts[id];
    return verdict === undefined ? [] : [{ id, verdict }];
  });
  const byChapter = Map.groupBy(judged, ({ id }) => Number(id.split('.')[0]));
  const open = judged.filter(({ verdict }) => verdict.kind === 'open');
  return [
    '# ASVS 5.0, level 2',
    '',
    INTRODUCTION,
    '',
    ...countOf(byChapter),
    '',
    ...notShown(open),
    ...[...byChapter].flatMap(sectionOf),
    '',
  ].join('\n');
}

/** A chapter, below its heading. */
const sectionOf = ([chapter, rows]: readonly [number, readonly Judged[]]): string[] =>
  [
    ['', `## V${chapter} ${chapters[chapter] ?? ''}`, ''],
    ['| Requirement | Level | What it is about | Verdict | Test, or why |', '|---|---|---|---|---|'],
    rows.map(row),
  ].flat();

interface Judged {
  readonly id: string;
  readonly verdict: Verdict;
}

function countOf(byChapter: ReadonlyMap<number, readonly Judged[]>): string[] {
  const kinds = Object.keys(WORDS) as Verdict['kind'][];
  const counted = (rows: readonly Judged[]): string =>
    kinds.map((kind) => rows.filter(({ verdict }) => verdict.kind === kind).length).join(' | ');
  return [
    '| Chapter | holds | of the deployment | does not apply | not shown |',
    '|---|---|---|---|---|',
    ...[...byChapter].map(([chapter, rows]) => `| V${chapter} | ${counted(rows)} |`),
    `| all | ${counted([...byChapter.values()].flat())} |`,
  ];
}

const notShown = (open: readonly Judged[]): string[] =>
  open.length === 0
    ? ['Nothing is left to be shown.']
    : [`Not shown: ${open.map(({ id }) => id).join(', ')}; the table says why.`];

function row({ id, verdict }: Judged): string {
  const { kind, subject } = verdict;
  const shown = kind === 'holds' ? link(verdict) : verdict.because;
  return `| ${id} | ${levelOf(id)} | ${subject} | ${WORDS[kind]} | ${shown} |`;
}

/** Placeholders of a title stand for the rows of its table. */
const link = ({ file, title }: Extract<Verdict, { kind: 'holds' }>): string =>
  `[${title.replaceAll(/[|[\]]/g, String.raw`\$&`)}](../../${file})`;

const INTRODUCTION = `Printed from \`test/asvs\` by \`npm run docs:generate\`: each requirement of the OWASP Application Security Verification Standard 5.0.0, levels 1 and 2, by its number; what it is about is told in our words, the standard has its own. *Holds* names a test that attacks, or looks at, the running thing; \`npm test\` fails when it is not there or may be left out. In a title, \`%s\` stands for each row of the test's table. [SECURITY.md](../../SECURITY.md) says what five attackers can do.`;
