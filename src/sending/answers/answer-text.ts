import { defaultText, type TextName, render, parseTemplate, vocabularyOf } from '../../sms/index.ts';
import { languageOf } from '../../words/index.ts';

/** The publisher in an answer: the names that people know, and how to reach it. */
export interface PublisherNames {
  readonly brand: string;
  /** The practice of the answered reminder, if any. */
  readonly practice: string | undefined;
  readonly legalName: string;
  /** A phone, an address or a site from the tenant's settings. */
  readonly contact: string;
  readonly locale: string;
}

/** The kinds of answers: the scope of a STOP, or the publisher. */
export type AnswerKind = 'stop-marketing' | 'stop-reminder' | 'stop-all' | 'contact' | 'start';

/** Writes the answer's text: nothing of a campaign, nothing to sell, one part. */
export function answerText(kind: AnswerKind, publisher: PublisherNames): string {
  const name: TextName = kind;
  const vocabulary = vocabularyOf('acknowledgement');
  const parsed = parseTemplate(defaultText(name, languageOf(publisher.locale)), vocabulary);
  const rendered =
    parsed.kind === 'template'
      ? render(parsed, {
          brand: publisher.brand,
          practice: publisher.practice ?? publisher.brand,
          legalName: publisher.legalName,
          contact: publisher.contact === '' ? publisher.brand : publisher.contact,
          stop: '',
        })
      : parsed;
  return rendered.kind === 'text' ? rendered.text : publisher.brand;
}
