import type { OptOutMeans } from '../../sms/index.ts';
import { refusedField } from './refused-field.ts';
import { bilingual } from '../../words/index.ts';

/** The facts that decide whether a reply reaches us. */
export interface ReplySetting {
  readonly sender: string;
  readonly means: OptOutMeans | undefined;
  /** True when the operator is a fake, where people can answer a name as well. */
  readonly fake: boolean;
}

const YES = /(?<!\p{L})(?:oui|yes)(?!\p{L})/iu;
const LINK = /(?:https?:\/\/|\/(?<=[a-z0-9-]\.[a-z]{2,}\/))\S/i;

/** Says whether a person who wants to go on can say so: by a word to answer, or a page to open. */
export const asksForYes = (text: string, setting: ReplySetting): boolean =>
  LINK.test(text) || (YES.test(text) && canAnswer(setting));

/** Says whether a reply to that sender reaches us. */
export const canAnswer = ({ sender, means, fake }: ReplySetting): boolean =>
  means?.canReceive !== false && (fake || /^\+?\d+$/.test(sender));

/** A question that nobody can answer would end every agreement that it is about. */
export function refuseUnanswerable(text: string, setting: ReplySetting): void {
  if (asksForYes(text, setting)) return;
  const message = YES.test(text)
    ? bilingual.campaign.reconfirmation.senderIsDeaf
    : bilingual.campaign.reconfirmation.asksNothing;
  throw refusedField('/text', message, 'RECONFIRMATION_UNANSWERABLE');
}
