import { ACCEPTED, type TrialNews } from './telling.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** Words one news item of a trial. */
export function newsLine(news: TrialNews, language: Language): string {
  const words = wordsIn(language).doctor.news;
  switch (news.kind) {
    case 'health':
      return news.ok ? words.answers : `${words.silent} ${news.code ?? ''}`;
    case 'sent':
      return `${words.sent[news.text]} ${news.outcome === ACCEPTED ? words.accepted : news.outcome}`;
    case 'held-back':
      return wordsIn(language).doctor.bounds[news.bound];
    case 'waiting':
      return words.waiting[news.what];
    default:
      return news satisfies never;
  }
}
