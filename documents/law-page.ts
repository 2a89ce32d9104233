import { parametersOn } from '../src/law/book.ts';
import { defaultProfile } from '../src/law/profile.ts';
import { REMINDERS, type Level, type Rule } from '../src/rule/rule.ts';
import type { Enforcement } from '../src/web/api/law/enforced.ts';
import { extentOf } from '../src/web/api/law/law-schema.ts';
import type { Profile } from '../src/law/profile/hours.ts';

/** What the page of the law is printed from. */
export interface Book {
  readonly rules: readonly Rule[];
  readonly profiles: readonly Profile[];
  readonly version: string;
  readonly enforcement: Readonly<Record<string, Enforcement>>;
  /** The file of the chapter that states a provision, by its id. */
  readonly fileOf: (id: string) => string;
}

/** The page of every provision: words, who asks, where it is enforced. */
export function lawPage(book: Book): string {
  return [
    '# The law as it is enforced',
    '',
    introduction(book.version),
    ...contents(book),
    ...profilesTable(book.profiles),
    ...book.rules.flatMap((rule) => section(rule, book)),
    '',
  ].join('\n');
}

const LEVELS: Readonly<Record<Level, string>> = {
  LAW: 'a statute, a regulation or a decision of an authority',
  GUIDANCE: 'what an authority publishes to explain a law, without its force',
  CHARTER: 'the operators’ charter, by contract',
  VENDOR: 'what operators and standards ask',
  SEED: 'the article this project started from',
  HOUSE: 'our own policy',
};

const introduction = (
  version: string,
): string => `Printed from \`src/law\` by \`npm run docs:generate\`. Edition ${version}.

This is how Bonheure reads the texts; it is not legal advice. The hours of advertising come from the operators’ charter and
from the article « Envoi de sms en France », not from a statute. Each chapter has its own file: of each provision
its words where they were read, the numbers by which the engine decides, and our reading.

Levels:

${Object.entries(LEVELS)
  .map(([level, meaning]) => `- **${level}**: ${meaning}`)
  .join('\n')}

Confidence: **read**, the text itself was read on the day told; **secondary**, somebody who quotes it was; **to-confirm**, the
text is still to be read: such a rule may close a gate, it never opens one.`;

function contents({ rules, enforcement }: Book): string[] {
  const lines = rules.map((rule) => {
    return `| [${rule.id}](#${rule.id.toLowerCase()}) | ${rule.title.en} | ${rule.level} | ${rule.confidence} | ${extent(enforcement[rule.id])} |`;
  });
  return [
    '',
    '## Contents',
    '',
    '| Rule | Title | Level | Confidence | Enforced |',
    '|---|---|---|---|---|',
    ...lines,
  ];
}

const EXTENT_WORDS = { whole: 'yes', part: 'in part', none: 'not by this version' } as const;

function extent(enforced: Enforcement | undefined): string {
  return enforced === undefined ? EXTENT_WORDS.none : EXTENT_WORDS[extentOf(enforced)];
}

function profilesTable(profiles: readonly Profile[]): string[] {
  return [
    '',
    '## Profiles',
    '',
    `A profile is a set of windows, as data. ${defaults()}.`,
    '',
    '| Profile | For | Level | Confidence | Source | In force | Weekdays | Saturday | Sundays | Holidays |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...profiles.map((profile) => profileLine(profile)),
  ];
}

function defaults(): string {
  const [advertising, reminders] = [defaultProfile('marketing'), defaultProfile('appointment')];
  const others = REMINDERS.filter((purpose) => defaultProfile(purpose) !== reminders);
  return [
    `\`${advertising}\` is the default of advertising`,
    `\`${reminders}\` that of reminders`,
    ...others.map((purpose) => `\`${defaultProfile(purpose)}\` that of ${purpose} reminders`),
  ].join(', ');
}

function profileLine(profile: Profile): string {
  const cells = [
    `\`${profile.id}\``,
    profile.title.en,
    profile.level,
    `${profile.confidence}, ${profile.readOn}`,
    profile.source,
    span(profile),
    hours(profile.weekdays),
    hours(profile.saturday),
    profile.sundays,
    profile.holidays,
  ];
  return `| ${cells.join(' | ')} |`;
}

const hours = ({ opens, closes }: Profile['weekdays']): string => `${opens}–${closes}`;

const span = ({
  inForceFrom,
  inForceUntil,
}: Pick<Rule, 'inForceFrom'> & { readonly inForceUntil?: string }): string =>
  inForceUntil === undefined ? `from ${inForceFrom}` : `${inForceFrom} to ${inForceUntil}`;

function section(rule: Rule, { enforcement, fileOf }: Book): string[] {
  const { by, tests, note } = enforcement[rule.id] ?? { by: [], tests: [] };
  return [
    '',
    `## ${rule.id}`,
    '',
    `**${rule.title.en}** (${rule.title.fr})`,
    '',
    ...words(rule),
    `Read: ${rule.reading.en}`,
    '',
    `- Level ${rule.level}, confidence ${rule.confidence}, ${span(rule)}, read on ${rule.readOn}`,
    `- Source: ${rule.source}`,
    `- For: ${rule.purposes.join(', ')}`,
    ...(Object.keys(rule.parameters).length === 0 ? [] : [`- Parameters: ${parameters(rule)}`]),
    `- Stated in ${link(fileOf(rule.id))}`,
    ...(by.length === 0 ? [] : [`- Enforced by ${by.map(enforcer).join(', ')}`]),
    ...(tests.length === 0 ? [] : [`- Tested in ${tests.map(link).join(', ')}`]),
    ...(note === undefined ? [] : [`- ${note.en}`]),
  ];
}

function words({ quotation }: Rule): string[] {
  if (quotation === undefined) return [];
  return [`> « ${quotation.words} »`, '>', `> ${quotation.source}, read on ${quotation.readOn}`, ''];
}

const parameters = (rule: Rule): string =>
  Object.entries(parametersOn(rule, rule.inForceFrom))
    .map(([name, value]) => `\`${name}\` ${Array.isArray(value) ? value.join(', ') : String(value)}`)
    .join('; ');

const link = (file: string): string => `[${file}](../${file})`;

const enforcer = ({ file, symbol }: Enforcement['by'][number]): string => `[\`${symbol}\`](../${file})`;
