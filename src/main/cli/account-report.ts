import {
  type TrialResult,
  ASSUMPTION_WORDS,
  type AssumptionFinding,
  type AssumptionVerdict,
} from '../../gateways/index.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** Words a verdict; failures stand out. */
function verdictIn(verdict: AssumptionVerdict, language: Language): string {
  const word = wordsIn(language).doctor.verdicts[verdict];
  return verdict === 'failed' ? word.toUpperCase() : word;
}

/** Words each assumption with its verdict, and the remedy where it is false. */
export const findingLines = (findings: readonly AssumptionFinding[], language: Language): readonly string[] =>
  findings.flatMap(({ id, verdict, detail }) => {
    const { what, change } = ASSUMPTION_WORDS[id];
    const said = detail === undefined ? '' : ` (${detail})`;
    const line = `${verdictIn(verdict, language).padEnd(9)} ${id.padEnd(18)} ${what[language]}${said}`;
    if (verdict === 'held') return [line];
    return [
      line,
      `${' '.repeat(10)}${wordsIn(language).doctor.terminal.change}${wordsIn(language).punctuation.colon}${change[language]}`,
    ];
  });

/** Writes a transcript: the verdicts, and the calls in the format of samples. */
export const transcriptOf = (kind: string, { findings, transcript }: TrialResult): string =>
  `${JSON.stringify({ kind, findings, samples: transcript }, undefined, 2)}\n`;
