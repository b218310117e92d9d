/** Stands in for the model: the same question is answered in turns, so that regenerating shows something new. */
const topics = [
  {
    about: /starter|levain|feed|young|alive/i,
    answers: [
      'Take it when it has doubled and the dome on top is just beginning to flatten: four to six hours after feeding at room temperature. A spoonful dropped into water should float.',
      'Look, don’t count. Ripe starter is full of bubbles, smells of yoghurt and apples, and has at least doubled. If it has sunk again, it is late but still usable.',
    ],
    links: [{ url: 'https://en.wikipedia.org/wiki/Sourdough', label: 'Sourdough' }],
  },
  {
    about: /dense|flat|rise|heavy|crumb|hole/i,
    answers: [
      'A dense crumb is nearly always too little time. Let the dough rise by half before you shape it, and leave it until a dent from your finger comes back slowly.',
      'Check three things in this order: was the starter ripe, was the dough warm enough (24 to 26 °C), and did it rise by half before shaping? The first no is your answer.',
    ],
    links: [
      { url: 'https://en.wikipedia.org/wiki/Proofing_(baking_technique)', label: 'Proofing' },
      { url: 'https://en.wikipedia.org/wiki/Bulk_fermentation', label: 'Bulk fermentation' },
    ],
  },
  {
    about: /oven|crust|steam|bake|pot/i,
    answers: [
      'Bake in a lidded pot heated to 250 °C: 20 minutes covered, then 20 to 25 open at 220 °C. The lid keeps the steam in, and steam is what lets the crust stretch.',
      'No pot? Put a tray with boiling water under the loaf and take it out after 20 minutes. The crust needs to be wet first and dry after.',
    ],
    links: [{ url: 'https://en.wikipedia.org/wiki/Dutch_oven', label: 'Dutch oven' }],
  },
]

const unknown = {
  answers: ['I only know about bread: starters, crumb, and baking. Try one of those.'],
  links: [],
}

/** @type {Map<string, number>} times that a question was answered */
const asked = new Map()

/**
 * @param {string} question
 * @param {AbortSignal} signal ends the answer early, without an error
 * @returns {AsyncGenerator<{ text: string, links?: { url: string, label: string }[] }>} words; the links come last
 */
export async function* writeAnswer(question, signal) {
  const { answers, links } = topics.find(({ about }) => about.test(question)) ?? unknown
  const turn = asked.get(question) ?? 0
  asked.set(question, turn + 1)
  await pause(300)
  for (const word of (answers[turn % answers.length] ?? '').match(/\s*\S+/g) ?? []) {
    if (signal.aborted) return
    yield { text: word }
    await pause(20 + 25 * Math.random())
  }
  yield { text: '', links }
}

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
