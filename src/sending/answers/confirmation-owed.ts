import { type Clock, type Transaction, addIntents, type TenantKeys } from '../../platform/index.ts';
import {
  senderFromBrand,
  defaultText,
  type TextName,
  render,
  parseTemplate,
  vocabularyOf,
} from '../../sms/index.ts';
import { answerOwed } from './acknowledgement-intent.ts';
import { oweAnswer } from './acknowledgement.repository.ts';
import { answerPlace } from './compose-answer.ts';
import { readPublisher } from './publisher.repository.ts';
import { type Language, wordsIn } from '../../words/index.ts';
import { frenchDay } from '../../law/index.ts';

/** Time from the request to the first byte; later, nobody waits for it any more. */
const LEAVES_WITHIN_MS = 60_000;

/** The confirmation to send to a number. */
export interface ConfirmationAsked {
  /** Id of the code; one message carries it. */
  readonly codeId: string;
  readonly accountId: string;
  /** E.164. */
  readonly to: string;
  readonly language: Language;
  readonly confirming: Confirming;
  /** Replaces the tenant's own. */
  readonly brand?: { readonly name: string; readonly sender: string | null } | undefined;
}

/** The confirmation of a number: digits to type, or an address to open. */
type Confirming =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'link'; readonly url: string };

/** Writes the confirmation's text, in the language of the page, without any offer. */
function confirmationText(brand: string, language: Language, confirming: Confirming): string {
  const name: TextName = confirming.kind === 'code' ? 'confirmation-code' : 'confirmation-link';
  const secret = confirming.kind === 'code' ? confirming.code : confirming.url;
  const parsed = parseTemplate(defaultText(name, language), vocabularyOf('confirmation'));
  const rendered =
    parsed.kind === 'template' ? render(parsed, { brand, code: secret, confirmLink: secret }) : parsed;
  return rendered.kind === 'text' ? rendered.text : `${brand}${wordsIn(language).punctuation.colon}${secret}`;
}

/** Owes a number one code or link, at any hour; the tenant's workflow is signalled in the same commit. */
export async function oweConfirmation(
  tx: Transaction,
  { keys, clock, newId }: { readonly keys: TenantKeys; readonly clock: Clock; readonly newId: () => string },
  asked: ConfirmationAsked,
): Promise<void> {
  const publisher = await readPublisher(tx, keys, undefined);
  const brand = asked.brand?.name ?? publisher.brand;
  const text = confirmationText(brand, asked.language, asked.confirming);
  const sender =
    asked.brand?.sender ?? publisher.sender ?? senderFromBrand(brand, frenchDay(clock.now())) ?? '';
  const now = clock.now();
  await oweAnswer(tx, {
    inboundId: asked.codeId,
    kind: 'confirmation',
    accountId: asked.accountId,
    phoneIndex: keys.phoneIndex(asked.to),
    onDay: now.setZone(publisher.timeZone).toISODate() ?? now.toISODate(),
    newBatchId: newId(),
    at: now.toISO(),
    leaveBefore: now.plus(LEAVES_WITHIN_MS).toISO(),
    sealFor: (batchId, seq) =>
      keys.seal(answerPlace(batchId, seq), JSON.stringify({ to: asked.to, sender, text })),
  });
  await addIntents(tx, [answerOwed(tx.tenantId)], clock.machine());
}
