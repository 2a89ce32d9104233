import { defaultText, type TextName, render, parseTemplate, vocabularyOf } from '../../sms/index.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** What confirms a number: digits to type, or an address to open. */
export type Confirming =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'link'; readonly url: string };

/** The text that carries it, in the language of the page; nothing of an offer. */
export function confirmationText(brand: string, language: Language, confirming: Confirming): string {
  const name: TextName = confirming.kind === 'code' ? 'confirmation-code' : 'confirmation-link';
  const secret = confirming.kind === 'code' ? confirming.code : confirming.url;
  const parsed = parseTemplate(defaultText(name, language), vocabularyOf('confirmation'));
  const rendered =
    parsed.kind === 'template' ? render(parsed, { brand, code: secret, confirmLink: secret }) : parsed;
  return rendered.kind === 'text' ? rendered.text : `${brand}${wordsIn(language).punctuation.colon}${secret}`;
}
