import { CARELESS } from './careless.ts';
import { READERS } from './readers.ts';
import { workOf } from './work.ts';

/** What a careless reader stumbles over, again and again. */
export const PIECES = [
  ' ', '\t ', '\r\n', '(', '((a', "'", '"', '""', '«', '{', '{a', '{brand|', '[', '[[1,', '=', '0', '+33', '06 ',
  ' |', 'é(', ',', ';', '. ', '-', '/', '://', 'a.', 'a@', 'http://a.', 'STOP ', 'STOP au ', 'tous xday to ',
  'du lundi au ', 'ouvert', '1/1', '1/1/27 ', 'T', '&a=', '%', '\0', '<form ', '<option ', 'à demain ', '№', '𝒜',
]; // prettier-ignore

const LENGTH = 1_000;
/** Linear work doubles, quadratic work is four times as much. */
const MOST = 2.5;

let texts = 0;

/** No text is met twice: what a reader remembers of one is no help with the next. */
const textOf = (piece: string, length: number): string =>
  `${piece.repeat(Math.ceil(length / piece.length)).slice(0, length)}!${(texts += 1)}`;

type Read = (text: string) => unknown;

/** How many times the work grows when these texts are twice as long; what is made once, at the first text, is no growth. */
async function growth(read: Read, pieces: readonly string[]): Promise<number> {
  const all = (length: number) => (): void => {
    for (const piece of pieces) read(textOf(piece, length));
  };
  all(LENGTH)();
  all(2 * LENGTH)();
  return (await workOf(all(2 * LENGTH))) / (await workOf(all(LENGTH)));
}

/** The pieces of text whose work more than doubles when the text does, for one reader. */
export async function worseThanLinear(name: string): Promise<readonly string[]> {
  const read = { ...READERS, ...CARELESS }[name];
  if (read === undefined) throw new Error(`there is no reader of ${name}`);
  // One piece of quadratic work outweighs all others together: they are told apart only then.
  if ((await growth(read, PIECES)) <= MOST) return [];
  const worse: string[] = [];
  for (const piece of PIECES) {
    const times = await growth(read, [piece]);
    if (times > MOST) worse.push(`${JSON.stringify(piece)}: ${times.toFixed(1)} times`);
  }
  return worse;
}
