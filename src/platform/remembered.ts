/** A longer text is not remembered: few are said twice, and thousands of them would fill the memory. */
const LONGEST = 2_000;

/** Remembers answers by text, a bounded number of them: the rows of a file say the same over and over. */
export function remembered<Answer>(most: number, answer: (text: string) => Answer): (text: string) => Answer {
  const answers = new Map<string, Answer>();
  return (text) => {
    if (text.length > LONGEST) return answer(text);
    const known = answers.get(text);
    if (known !== undefined) return known;
    const made = answer(text);
    if (answers.size >= most) answers.clear();
    answers.set(text, made);
    return made;
  };
}
