// A page with assistant-ui's primitives on a local runtime, whose parts have the names that `assistant-ui add thread`
// gives them. It knows nothing of chatlog.
import {
  ActionBarPrimitive,
  AssistantRuntimeProvider,
  BranchPickerPrimitive,
  ComposerPrimitive,
  ErrorPrimitive,
  MessagePrimitive,
  ThreadPrimitive,
  useLocalRuntime,
} from '@assistant-ui/react'
import { createRoot } from 'react-dom/client'
import { keepHistory, keptHistory, receive } from './shared.js'

const model = {
  async *run({ messages, abortSignal }) {
    let text = ''
    for await (const piece of receive(messages.at(-1).content[0].text, abortSignal)) {
      text += piece
      yield { content: [{ type: 'text', text }] }
    }
  },
}

/** Keeps what was said, with its branches, over a reload. */
const history = {
  async load() {
    const messages = keptHistory().map(({ message, ...item }) => ({
      ...item,
      message: { ...message, createdAt: new Date(message.createdAt) },
    }))
    return { headId: messages.at(-1)?.message.id ?? null, messages }
  },
  async append(item) {
    keepHistory([...keptHistory().filter(({ message }) => message.id !== item.message.id), item])
  },
}

const BranchPicker = () => (
  <BranchPickerPrimitive.Root hideWhenSingleBranch className="aui-branch-picker-root">
    <BranchPickerPrimitive.Previous>‹</BranchPickerPrimitive.Previous>
    <span className="aui-branch-picker-state">
      <BranchPickerPrimitive.Number /> / <BranchPickerPrimitive.Count />
    </span>
    <BranchPickerPrimitive.Next>›</BranchPickerPrimitive.Next>
  </BranchPickerPrimitive.Root>
)

const UserMessage = () => (
  <MessagePrimitive.Root data-slot="aui_user-message-root" data-role="user">
    <div className="aui-user-message-content">
      <MessagePrimitive.Parts />
    </div>
    <ActionBarPrimitive.Root hideWhenRunning className="aui-user-action-bar-root">
      <ActionBarPrimitive.Edit aria-label="Edit">✎</ActionBarPrimitive.Edit>
    </ActionBarPrimitive.Root>
    <BranchPicker />
  </MessagePrimitive.Root>
)

const EditComposer = () => (
  <MessagePrimitive.Root data-slot="aui_edit-composer-wrapper" className="aui-edit-composer-wrapper">
    <ComposerPrimitive.Root className="aui-edit-composer-root">
      <ComposerPrimitive.Input className="aui-edit-composer-input" aria-label="Edited message" />
      <div className="aui-edit-composer-footer">
        <ComposerPrimitive.Cancel>Cancel</ComposerPrimitive.Cancel>
        <ComposerPrimitive.Send>Update</ComposerPrimitive.Send>
      </div>
    </ComposerPrimitive.Root>
  </MessagePrimitive.Root>
)

const AssistantMessage = () => (
  <MessagePrimitive.Root data-slot="aui_assistant-message-root" data-role="assistant">
    <div data-slot="aui_assistant-message-content">
      <MessagePrimitive.Parts />
      <MessagePrimitive.Error>
        <ErrorPrimitive.Root className="aui-message-error-root">
          <ErrorPrimitive.Message className="aui-message-error-message" />
        </ErrorPrimitive.Root>
      </MessagePrimitive.Error>
    </div>
    <div data-slot="aui_assistant-message-footer">
      <BranchPicker />
      <ActionBarPrimitive.Root hideWhenRunning autohide="not-last" className="aui-assistant-action-bar-root">
        <ActionBarPrimitive.Copy>
          <span className="aui-sr-only">Copy</span>
        </ActionBarPrimitive.Copy>
        <ActionBarPrimitive.Reload>
          <span className="aui-sr-only">Refresh</span>
        </ActionBarPrimitive.Reload>
      </ActionBarPrimitive.Root>
    </div>
  </MessagePrimitive.Root>
)

const Chat = () => (
  <AssistantRuntimeProvider runtime={useLocalRuntime(model, { adapters: { history } })}>
    <ThreadPrimitive.Root className="aui-root aui-thread-root">
      <ThreadPrimitive.Viewport data-slot="aui_thread-viewport">
        <div data-slot="aui_message-group">
          <ThreadPrimitive.Messages components={{ UserMessage, EditComposer, AssistantMessage }} />
        </div>
        <ComposerPrimitive.Root className="aui-composer-root">
          <ComposerPrimitive.Input aria-label="Message input" />
          <ThreadPrimitive.If running={false}>
            <ComposerPrimitive.Send className="aui-composer-send" aria-label="Send message" />
          </ThreadPrimitive.If>
          <ThreadPrimitive.If running>
            <ComposerPrimitive.Cancel className="aui-composer-cancel" aria-label="Stop generating">
              ■
            </ComposerPrimitive.Cancel>
          </ThreadPrimitive.If>
        </ComposerPrimitive.Root>
      </ThreadPrimitive.Viewport>
    </ThreadPrimitive.Root>
  </AssistantRuntimeProvider>
)

createRoot(document.getElementById('root')).render(<Chat />)
