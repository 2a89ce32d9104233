import type { BaseAudit } from '../../people/import/audit-base.ts';
import { CONTACT_KEPT } from '../../law/chapters/retention.ts';
import type { Day } from '../../law/dated.ts';
import { howLong } from '../../law/rule.ts';
import { escaped } from '../../web/page/escaped.ts';
import { wordsIn, type Language } from '../../words/index.ts';

const LINES = [
  'rows',
  'mobile',
  'landline',
  'unreadable',
  'named',
  'minor',
  'stale',
  'left',
  'provable',
  'sendable',
] as const;

/** In which language, by the law of which day. */
interface ToldIn {
  readonly language: Language;
  readonly on: Day;
}

function wordsOn({ language, on }: ToldIn) {
  const { base } = wordsIn(language).peoplePages;
  return { ...base, stale: base.stale({ span: howLong(CONTACT_KEPT.on(on))[language] }) };
}

const WIDTH = 40;

/** The base as bars of a terminal, from all rows to those that may be written to. */
export function baseBars(audit: BaseAudit, told: ToldIn): string {
  const words = wordsOn(told);
  const figures = new Intl.NumberFormat(told.language);
  const longest = Math.max(...LINES.map((name) => words[name].length));
  const lines = LINES.map((name) => {
    const share = shareOf(audit[name], audit.rows);
    const bar = '█'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '·');
    return `${words[name].padEnd(longest)}  ${bar}  ${percent(share)}  ${figures.format(audit[name])}`;
  });
  return [words.title, '', ...lines, ''].join('\n');
}

/** The same as a drawing. */
export function basePicture(audit: BaseAudit, told: ToldIn): string {
  const words = wordsOn(told);
  const rows = LINES.map((name, index) => {
    const y = 48 + index * 30;
    const share = shareOf(audit[name], audit.rows);
    const tone = name === 'sendable' || name === 'provable' ? '#0a6a4b' : '#7d8490';
    return `<text x="20" y="${y + 15}">${escaped(words[name])}</text><rect x="240" y="${y}" width="${(share * 360).toFixed(1)}" height="20" rx="3" fill="${tone}"/><text x="612" y="${y + 15}">${escaped(`${percent(share).trim()} · ${audit[name]}`)}</text>`;
  });
  const height = 60 + LINES.length * 30;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 740 ${height}" font-family="system-ui, sans-serif" font-size="14" role="img" aria-label="${escaped(words.title)}">
<rect width="740" height="${height}" fill="#fff"/>
<text x="20" y="30" font-size="18" font-weight="600">${escaped(words.title)}</text>
${rows.join('\n')}
</svg>
`;
}

const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

const percent = (share: number): string => `${(100 * share).toFixed(1).padStart(5)} %`;
