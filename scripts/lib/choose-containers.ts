import { closest, distance } from "fastest-levenshtein";
import { EXIT, Refusal } from "./outcome.ts";
import { isLeftover, type StackContainer } from "./stack-containers.ts";

/**
 * The containers that words name: a service (`backend`), one of its containers (`backend-1`) or a container's full name.
 * All of them where no word is given.
 * @throws Refusal for a word that names none, with the nearest that does.
 */
export function chosenBy(words: readonly string[], all: readonly StackContainer[], stack: string): StackContainer[] {
  for (const word of words) if (!all.some((one) => isNamed(one, word))) throw unknown(word, all, stack);
  return words.length === 0 ? [...all] : all.filter((one) => words.some((word) => isNamed(one, word)));
}

/** The one container that a word names: one that serves before one that does not. */
export function chosenOne(word: string, all: readonly StackContainer[], stack: string): StackContainer {
  const named = chosenBy([word], all, stack);
  return (named.find((one) => !isLeftover(one)) ?? named[0]) as StackContainer;
}

function isNamed({ service, replica, name }: StackContainer, word: string): boolean {
  return [service, replica, name].includes(word);
}

function unknown(word: string, all: readonly StackContainer[], stack: string): Refusal {
  const services = [...new Set(all.map(({ service }) => service))];
  const known = [...new Set([...services, ...all.map(({ replica }) => replica)])];
  const nearest = closest(word, known);
  const hint = distance(word, nearest) <= 3 ? `did you mean "${nearest}"? There are: ` : "there are: ";
  return new Refusal(EXIT.usage, `${word}: is no service of stack ${stack}; ${hint}${services.join(", ")}`);
}
