import type { Agreement } from './agreement.ts';
import { leastAgreement, type RankedOutcome } from './annotationRanking.ts';

const ANNOTATED = {
  saved: 'Its segmentation is saved already.',
  'learned-from': 'The task was learned from it.',
  example: 'It is an example of the set.',
} as const;

/** Why a series is where it is in the order, in words for the reader. */
export function rankingReason(outcome: RankedOutcome): string {
  switch (outcome.kind) {
    case 'waiting':
      return 'Not looked at yet.';
    case 'annotated':
      return ANNOTATED[outcome.as];
    case 'left-out':
      return `Could not be compared: ${outcome.detail}`;
    case 'compared': {
      const least = leastAgreement(outcome);
      if (!least)
        return 'Nothing was found in it, whichever way it was looked at. Look whether it shows any.';
      const { agreement, dice } = least;
      return `${answersOf(agreement)} agree to Dice ${dice.toFixed(2)}${leastClassOf(agreement)}.`;
    }
  }
}

function answersOf({ among, answers }: Agreement): string {
  switch (among) {
    case 'copies':
      return `The model’s answers to ${answers} slightly changed copies`;
    case 'versions':
      return `${answers} versions of the task`;
    case 'parts':
      return `The answers by ${answers} parts of the set`;
  }
}

/** Where there are several classes, the one that the answers agree least on. */
function leastClassOf({ perClass }: Agreement): string {
  const known = perClass.flatMap(({ label, dice }) => (dice === null ? [] : [{ label, dice }]));
  const [least] = [...known].sort((a, b) => a.dice - b.dice);
  return perClass.length > 1 && least ? `, least on ${least.label} (${least.dice.toFixed(2)})` : '';
}
