import type { ObserveSelectors } from '../read/observe-selectors.ts'

/**
 * What buttons say in the twenty languages that most people speak, and some more of Europe. Words of one script stand
 * together: those of alphabets are whole words, the others stand anywhere in the name.
 */
const words = {
  stop: {
    spaced:
      'stop|stopp|stoppen|anhalten|detener|parar|arrêter|interrompre|interromper|interrompi|interrumpir|ferma|arresta|' +
      'interrupt|abort|остановить|остановите|стоп|прервать|прекратить|зупинити|hentikan|berhenti|durdur|dừng|ngừng|' +
      'simamisha|acha|itigil|ihinto|zatrzymaj|przerwij|stoppa|afbryd|tsaya|dakatar',
    anywhere:
      '停止|终止|終止|中止|ストップ|रोक|إيقاف|أوقف|توقف|وقف|থামান|বন্ধ কর|روک|थांबवा|ఆపు|ఆపండి|நிறுத்து|중지|정지|멈추|ਰੋਕੋ|หยุด',
  },
  again: {
    spaced:
      'regenerate|retry|try again|redo|refresh|reload|resend|reintentar|regenerar|inténtalo de nuevo|volver a generar|' +
      'réessayer|régénérer|tentar novamente|gerar novamente|повторить|перегенерировать|попробовать снова|заново|' +
      'coba lagi|ulangi|buat ulang|erneut|wiederholen|neu generieren|noch ?mal|neu erstellen|yeniden|tekrar|thử lại|tạo lại|' +
      'riprova|rigenera|jaribu tena|subukan muli|subukang muli|ulitin|ponów|spróbuj ponownie|wygeneruj ponownie|opnieuw|' +
      'повторити|спробувати знову|försök igen|prøv igen|sake gwadawa',
    anywhere:
      '重新生成|重试|重試|再试|再生成|再試行|やり直|もう一度|पुनः|फिर से|إعادة|أعد |আবার|পুনরায়|دوبارہ|पुन्हा|మళ్లీ|మళ్ళీ|மீண்டும்|다시|재생성|재시도|ਦੁਬਾਰਾ|دوباره|ลองใหม่|ลองอีกครั้ง|สร้างใหม่',
  },
  edit: {
    spaced:
      'edit|bearbeiten|editar|modifier|éditer|modifica|bewerken|edytuj|изменить|редактировать|редагувати|edita|ubah|sunting|' +
      'düzenle|sửa|chỉnh sửa|hariri|i-edit|redigera|rediger|gyara',
    anywhere: '编辑|編輯|編集|संपादित|تعديل|تحرير|সম্পাদনা|ترمیم|संपादन|సవరించ|திருத்து|수정|편집|ਸੋਧੋ|ویرایش|แก้ไข',
  },
  /** Buttons of other things say these too: they stop an answer only where they stand in the widget. */
  cancel: {
    spaced:
      'cancel|cancelar|annuler|annulla|abbrechen|beenden|annuleren|отмена|отменить|скасувати|batal|batalkan|iptal|hủy|huỷ|anuluj|avbryt',
    anywhere: '取消|キャンセル|रद्द|إلغاء|বাতিল|منسوخ|రద్దు|ரத்து|취소|لغو|ยกเลิก',
  },
}

const patternOf = ({ spaced, anywhere }: { spaced: string; anywhere: string }) =>
  new RegExp(`(?:^|\\P{L})(?:${spaced})(?!\\p{L})|${anywhere}`, 'iu')

const patterns = {
  stop: patternOf(words.stop),
  again: patternOf(words.again),
  edit: patternOf(words.edit),
  cancel: patternOf(words.cancel),
}

/** Longest text of a button that is read, in UTF-16 units: a longer one is a card's. */
const longestName = 100

/**
 * What a click on a button asks: that an answer stops, another answer, or to edit a question. The selectors decide;
 * without them, the button's text, what it tells a screen reader, and the names of it and its icons.
 *
 * @param elements from the clicked one outwards
 */
export function askedBy(
  elements: readonly Element[],
  { stop, retry }: Pick<ObserveSelectors, 'stop' | 'retry'>,
  isInside: boolean,
): 'stop' | 'again' | 'edit' | null {
  const matches = (selector?: string) => selector !== undefined && elements.some((element) => element.matches(selector))
  if (matches(stop)) return 'stop'
  if (matches(retry)) return 'again'
  // A part of a button may have `button` in its class too, and says less than the button.
  const button =
    elements.find((element) => element.matches('button,[role=button],[role=menuitem],input[type=button],summary')) ??
    elements.find((element) => element.matches('[class*="button" i],[class*="btn" i]'))
  if (!button || elements.slice(0, elements.indexOf(button)).some((element) => element.matches('a[href]'))) return null
  const name = nameOf(button)
  if (patterns.stop.test(name) || (isInside && patterns.cancel.test(name))) return 'stop'
  if (patterns.again.test(name)) return 'again'
  return patterns.edit.test(name) ? 'edit' : null
}

/** All words of a button: its text, its labels, and the names in its attributes and those of its icons. */
function nameOf(button: Element): string {
  const labels = (button.getAttribute('aria-labelledby') ?? '').split(/\s+/).map((id) => {
    const tree = button.getRootNode() as Document
    return id && tree.getElementById?.(id)?.textContent
  })
  const own = [...button.attributes].filter(({ name }) => /^(aria-label|title|value|class|id|alt|data-.+)$/.test(name))
  const icons = [...button.querySelectorAll('[class],[alt],[id],[data-icon],use')].flatMap((icon) =>
    ['class', 'alt', 'id', 'data-icon', 'href', 'xlink:href'].map((name) => icon.getAttribute(name)),
  )
  return [button.textContent, ...labels, ...own.map(({ value }) => value), ...icons]
    .map((text) => (text ?? '').slice(0, longestName))
    .join(' ')
    .replace(/([a-z\d])(?=[A-Z])/g, '$1 ')
    .replace(/[_-]+/g, ' ')
}
