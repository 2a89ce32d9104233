import type { Confidence, Rule } from '../src/rule/rule.ts';

/** The page for counsel: every provision that binds from outside, and whose words nobody read word for word. */
export function lawToConfirmPage(rules: readonly Rule[]): string {
  const open = rules.filter(isOpen);
  return [
    '# The law to confirm',
    '',
    INTRODUCTION,
    '',
    `Of ${rules.length} provisions, ${open.length} are to be confirmed.`,
    ...ORDER.flatMap((confidence) =>
      section(
        confidence,
        open.filter((rule) => rule.confidence === confidence),
      ),
    ),
    '',
  ].join('\n');
}

/** Our own policies and the article quote nobody. */
const OURS = new Set(['HOUSE', 'SEED']);

/** Whether somebody still has to compare our reading with the words of the text. */
const isOpen = ({ level, quotation }: Rule): boolean => quotation === undefined && !OURS.has(level);

/** The least sure first. */
const ORDER = ['to-confirm', 'secondary', 'read'] as const satisfies readonly Confidence[];

const HEADINGS: Readonly<Record<Confidence, readonly [heading: string, meaning: string]>> = {
  'to-confirm': [
    'Not read',
    'The text is still to be read. Such a rule may close a gate, it never opens one.',
  ],
  secondary: ['Read as quoted by others', 'Somebody who quotes the text was read, not the text.'],
  read: [
    'Read, and not quoted',
    'The text was read on the day told; its words are not in the register, so nobody can compare them with our reading here.',
  ],
};

function section(confidence: Confidence, rules: readonly Rule[]): string[] {
  if (rules.length === 0) return [];
  const [heading, meaning] = HEADINGS[confidence];
  const lines = rules.map(
    ({ id, title, level, source, readOn, reading }) =>
      `| [${id}](law.md#${id.toLowerCase()}) | ${title.fr} | ${level} | ${source} | ${readOn} | ${reading.fr} |`,
  );
  const head = [
    '| Rule | Title | Level | Source | Looked at on | Our reading |',
    '|---|---|---|---|---|---|',
  ];
  return ['', `## ${heading}`, '', meaning, '', ...head, ...lines];
}

const INTRODUCTION = `Printed from \`src/law\` by \`npm run docs:generate\`, for counsel: a provision leaves this page when its words are quoted in the
file of its chapter, with source and day (\`quotation\`). Titles and readings are in French, as the texts are; [the law](law.md) has them in
English, with what enforces each. Our own policies (HOUSE) and the article (SEED) are not in it.`;
