import { defaultText, type TextName, render, parseTemplate, vocabularyOf } from '../../sms/index.ts';
import { languageOf } from '../../words/index.ts';

/** Who answers a person: the names they know, and how to reach the publisher. */
export interface Publisher {
  readonly brand: string;
  /** The practice of the reminder answered, when there is one. */
  readonly practice: string | undefined;
  readonly legalName: string;
  /** A phone, an address, a site: what the tenant gave. */
  readonly contact: string;
  readonly locale: string;
}

/** What a person is told: the scope of their STOP, or who publishes. */
export type AnswerKind = 'stop-marketing' | 'stop-reminder' | 'stop-all' | 'contact' | 'start';

/** The answer's text: nothing of a campaign, nothing to sell, one part. */
export function answerText(kind: AnswerKind, publisher: Publisher): string {
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
