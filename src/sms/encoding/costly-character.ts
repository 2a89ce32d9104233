import { composed, type Offender, offendersIn } from './encoding.ts';
import { type FindingSubject, type Finding, findingOf } from '../text/finding.ts';
import { cleanValue, type Values } from '../text/rendering.ts';
import { bilingual, type Language } from '../../words/index.ts';

/** A character that forces the whole message into UCS-2, and its field. */
export interface CostlyCharacter extends Offender {
  readonly in: FindingSubject;
}

/** Lists the characters that raise the cost, in the text as written, then in the values that fill it. */
export function costlyCharacters(written: string, values: Values): readonly CostlyCharacter[] {
  return [
    ...placed('text', composed(written)),
    ...Object.entries(values).flatMap(([name, value]) => placed(`variable:${name}`, cleanValue(value ?? ''))),
  ];
}

const placed = (field: FindingSubject, text: string): CostlyCharacter[] =>
  offendersIn(text).map(({ character, at, instead }) => ({ character, in: field, at, instead }));

/** Words the cost of a character, and its replacement. */
export function costFinding(costly: CostlyCharacter, language: Language): Finding {
  const { at, instead, character: words, in: field } = costly;
  const spot = { at, words, in: field };
  if (instead === null) return findingOf('NOT_GSM7', language, spot);
  const hint = instead.trim() === '' ? bilingual.sms.removeIt : bilingual.sms.writeInstead({ instead });
  return findingOf('NOT_GSM7', language, { ...spot, hint });
}
