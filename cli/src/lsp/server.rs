//! The protocol: what the editor tells is noted, what it asks is answered.

use std::sync::Arc;
use std::time::Duration;

use fen_compiler::literate::is_markdown;
use fen_compiler::{Lang, Source};
use tower_lsp_server::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp_server::ls_types::*;
use tower_lsp_server::{Client, LanguageServer};

use super::analyst::Shared;
use super::text::{Encoding, Text};
use super::workspace::{Document, View, Workspace, name_of};
use super::{actions, complete, highlight, hover, layout, places, rename, report, symbols};

/// How long a question waits for the text to be read. After that it is answered from the text before.
const PATIENCE: Duration = Duration::from_millis(300);
/// The same for what must not be answered from an older text.
const LONG_PATIENCE: Duration = Duration::from_secs(5);

/// The server of one editor.
pub(crate) struct FenServer {
    client: Client,
    shared: Arc<Shared>,
    /// The language was chosen on the command line.
    is_lang_asked: bool,
}

impl FenServer {
    pub(crate) fn new(client: Client, shared: Arc<Shared>, is_lang_asked: bool) -> Self {
        Self { client, shared, is_lang_asked }
    }

    /// Notes a document's new text. Nothing here waits, so that what the editor tells is noted in its order.
    fn note(
        &self,
        uri: &Uri,
        version: i32,
        language: Option<&str>,
        changed: Option<Position>,
        text: impl FnOnce(Option<&Text>) -> Text,
    ) {
        let name = name_of(uri);
        let mut workspace = self.shared.lock();
        let old = workspace.documents.get(&name);
        let text = Arc::new(text(old.map(|document| document.text.as_ref())));
        let is_policy = match language {
            Some(language) => is_policy(&name, language),
            None => old.is_some_and(|document| document.is_policy),
        };
        let source = is_markdown(&name).then(|| Arc::new(Source::new(name.as_str(), text.as_str())));
        let policies = match &source {
            _ if !is_policy => Vec::new(),
            Some(source) if !has_blocks(source) => Vec::new(),
            Some(source) => source.policies().iter().map(|one| one.name().to_owned()).collect(),
            None => vec![name.clone()],
        };
        let document = Document { uri: uri.clone(), version, text, is_policy, source, changed_at: 0 };
        workspace.documents.insert(name.clone(), document);
        workspace.focus = changed.and_then(|position| workspace.root_at(&name, position).map(str::to_owned));
        if workspace.take(&name, &policies) {
            report::publish(&mut workspace, None, &|message| self.shared.send(message));
        }
        workspace.touch(&name);
        drop(workspace);
        self.shared.wake();
    }

    /// What is known of a place in a document, once its text is read or `patience` is at an end.
    async fn view(&self, uri: &Uri, position: Position, patience: Duration) -> Option<View> {
        let name = name_of(uri);
        let root = |workspace: &Workspace| workspace.root_at(&name, position).map(str::to_owned);
        self.fresh(patience, |workspace| root(workspace).into_iter().collect()).await;
        let workspace = self.shared.lock();
        View::of(&workspace, &name, &root(&workspace)?)
    }

    /// What is known of a document from all policies in it.
    async fn views(&self, uri: &Uri, patience: Duration) -> Vec<View> {
        let name = name_of(uri);
        let roots = |workspace: &Workspace| workspace.roots_about(&name).into_iter().map(str::to_owned).collect();
        self.fresh(patience, roots).await;
        View::all(&self.shared.lock(), &name)
    }

    /// Waits for the texts of roots to be read, or for `patience` to be at an end.
    async fn fresh(&self, patience: Duration, roots: impl Fn(&Workspace) -> Vec<String>) {
        let fresh = async {
            loop {
                let news = self.shared.news.notified();
                tokio::pin!(news);
                // Registered before the state is looked at, so that no news is missed.
                news.as_mut().enable();
                {
                    let workspace = self.shared.lock();
                    if roots(&workspace).iter().all(|root| workspace.is_fresh(root)) {
                        return;
                    }
                }
                news.await;
            }
        };
        let _ = tokio::time::timeout(patience, fresh).await;
    }
}

fn is_policy(name: &str, language: &str) -> bool {
    language == "fen" || is_markdown(name) || name.ends_with(".fen")
}

/// Whether Markdown holds a policy.
fn has_blocks(source: &Source) -> bool {
    source.outline().is_some_and(|outline| outline.policy_blocks().next().is_some())
}

/// The language that the editor asks for in its options, or is itself in.
fn lang_of(params: &InitializeParams) -> Option<Lang> {
    let options = params.initialization_options.as_ref();
    let asked = options.and_then(|options| options.get("lang")).and_then(|lang| lang.as_str());
    let asked = asked.filter(|lang| !lang.is_empty() && *lang != "auto").or(params.locale.as_deref())?;
    Some(if asked.to_lowercase().starts_with("zh") { Lang::Zh } else { Lang::En })
}

impl LanguageServer for FenServer {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let offered = params.capabilities.general.as_ref().and_then(|general| general.position_encodings.clone());
        let is_utf8 = offered.is_some_and(|offered| offered.contains(&PositionEncodingKind::UTF8));
        {
            let mut workspace = self.shared.lock();
            workspace.encoding = if is_utf8 { Encoding::Utf8 } else { Encoding::Utf16 };
            if let Some(lang) = lang_of(&params).filter(|_| !self.is_lang_asked) {
                workspace.lang = lang;
            }
            let folders = params.workspace_folders.unwrap_or_default();
            workspace.folders =
                folders.iter().filter_map(|folder| folder.uri.to_file_path().map(|path| path.into_owned())).collect();
            #[expect(deprecated, reason = "older editors say it in this way only")]
            if let Some(root) = params.root_uri.as_ref().filter(|_| workspace.folders.is_empty()) {
                workspace.folders.extend(root.to_file_path().map(|path| path.into_owned()));
            }
        }
        let encoding = if is_utf8 { PositionEncodingKind::UTF8 } else { PositionEncodingKind::UTF16 };
        let tokens = SemanticTokensOptions {
            legend: highlight::legend(),
            range: Some(true),
            full: Some(SemanticTokensFullOptions::Bool(true)),
            ..SemanticTokensOptions::default()
        };
        let triggers = [" ", ".", "[", "(", ":", "每"].map(str::to_owned).to_vec();
        let capabilities = ServerCapabilities {
            position_encoding: Some(encoding),
            text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
                open_close: Some(true),
                change: Some(TextDocumentSyncKind::INCREMENTAL),
                ..TextDocumentSyncOptions::default()
            })),
            hover_provider: Some(HoverProviderCapability::Simple(true)),
            completion_provider: Some(CompletionOptions {
                trigger_characters: Some(triggers),
                ..CompletionOptions::default()
            }),
            definition_provider: Some(OneOf::Left(true)),
            references_provider: Some(OneOf::Left(true)),
            document_highlight_provider: Some(OneOf::Left(true)),
            document_symbol_provider: Some(OneOf::Left(true)),
            document_formatting_provider: Some(OneOf::Left(true)),
            rename_provider: Some(OneOf::Right(RenameOptions {
                prepare_provider: Some(true),
                work_done_progress_options: WorkDoneProgressOptions::default(),
            })),
            code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
                code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
                ..CodeActionOptions::default()
            })),
            inlay_hint_provider: Some(OneOf::Left(true)),
            semantic_tokens_provider: Some(SemanticTokensServerCapabilities::SemanticTokensOptions(tokens)),
            ..ServerCapabilities::default()
        };
        let server_info =
            Some(ServerInfo { name: "fen".to_owned(), version: Some(env!("CARGO_PKG_VERSION").to_owned()) });
        Ok(InitializeResult { capabilities, server_info, ..InitializeResult::default() })
    }

    async fn shutdown(&self) -> Result<()> {
        self.shared.lock().is_closed = true;
        self.shared.wake();
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        self.note(&document.uri, document.version, Some(&document.language_id), None, |_| Text::new(document.text));
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let encoding = self.shared.lock().encoding;
        let changed = params.content_changes.first().and_then(|change| change.range).map(|range| range.start);
        self.note(&params.text_document.uri, params.text_document.version, None, changed, |old| {
            let mut text = old.cloned().unwrap_or_default();
            for change in &params.content_changes {
                text = text.changed(change, encoding);
            }
            text
        });
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        let name = name_of(&params.text_document.uri);
        let mut workspace = self.shared.lock();
        workspace.documents.remove(&name);
        workspace.take(&name, &[]);
        // Other policies now see what is on disk.
        workspace.touch(&name);
        report::publish(&mut workspace, None, &|message| self.shared.send(message));
        drop(workspace);
        self.shared.wake();
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        let mut workspace = self.shared.lock();
        for change in params.changes {
            let name = name_of(&change.uri);
            // The text of an open document is the editor's.
            if !workspace.documents.contains_key(&name) {
                workspace.touch(&name);
            }
        }
        drop(workspace);
        self.shared.wake();
    }

    async fn did_save(&self, _params: DidSaveTextDocumentParams) {}

    async fn did_change_configuration(&self, _params: DidChangeConfigurationParams) {}

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        let mut workspace = self.shared.lock();
        for folder in params.event.removed {
            if let Some(path) = folder.uri.to_file_path() {
                workspace.folders.retain(|known| *known != path);
            }
        }
        for folder in params.event.added {
            workspace.folders.extend(folder.uri.to_file_path().map(|path| path.into_owned()));
        }
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let at = params.text_document_position_params;
        let view = self.view(&at.text_document.uri, at.position, PATIENCE).await;
        Ok(view.and_then(|view| hover::hover(&view, at.position)))
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let at = params.text_document_position;
        let by = params.context.and_then(|context| context.trigger_character);
        let view = self.view(&at.text_document.uri, at.position, PATIENCE).await;
        Ok(view.and_then(|view| complete::complete(&view, at.position, by.as_deref() == Some(" "))))
    }

    async fn goto_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        let at = params.text_document_position_params;
        let Some(view) = self.view(&at.text_document.uri, at.position, PATIENCE).await else { return Ok(None) };
        let workspace = self.shared.lock();
        Ok(places::definition(&workspace, &view, at.position).map(GotoDefinitionResponse::Scalar))
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let at = params.text_document_position;
        let Some(view) = self.view(&at.text_document.uri, at.position, LONG_PATIENCE).await else { return Ok(None) };
        let workspace = self.shared.lock();
        Ok(places::references(&workspace, &view, at.position, params.context.include_declaration))
    }

    async fn document_highlight(&self, params: DocumentHighlightParams) -> Result<Option<Vec<DocumentHighlight>>> {
        let at = params.text_document_position_params;
        let Some(view) = self.view(&at.text_document.uri, at.position, PATIENCE).await else { return Ok(None) };
        let kind =
            |is_definition| if is_definition { DocumentHighlightKind::WRITE } else { DocumentHighlightKind::READ };
        let found = places::highlights(&view, at.position).into_iter();
        Ok(Some(found.map(|(range, defines)| DocumentHighlight { range, kind: Some(kind(defines)) }).collect()))
    }

    async fn prepare_rename(&self, params: TextDocumentPositionParams) -> Result<Option<PrepareRenameResponse>> {
        let view = self.view(&params.text_document.uri, params.position, LONG_PATIENCE).await;
        let found = view.and_then(|view| rename::prepare(&view, params.position));
        Ok(found.map(|(range, placeholder)| PrepareRenameResponse::RangeWithPlaceholder { range, placeholder }))
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        let at = params.text_document_position;
        let Some(view) = self.view(&at.text_document.uri, at.position, LONG_PATIENCE).await else { return Ok(None) };
        let renamed = rename::rename(&self.shared.lock(), &view, at.position, &params.new_name);
        renamed.map(Some).map_err(|why| Error {
            code: ErrorCode::ServerError(REQUEST_FAILED),
            message: why.get(view.lang).to_owned().into(),
            data: None,
        })
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        let views = self.views(&params.text_document.uri, PATIENCE).await;
        Ok((!views.is_empty()).then(|| DocumentSymbolResponse::Nested(symbols::symbols(&views))))
    }

    async fn formatting(&self, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        let views = self.views(&params.text_document.uri, PATIENCE).await;
        Ok(views.first().map(layout::layout))
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        let views = self.views(&params.text_document.uri, LONG_PATIENCE).await;
        let wanted = params.context.only;
        let is_wanted = wanted.is_none_or(|wanted| {
            wanted.iter().any(|kind| *kind == CodeActionKind::QUICKFIX || kind.as_str().is_empty())
        });
        let workspace = self.shared.lock();
        let wanted = views.iter().filter(|_| is_wanted);
        Ok(Some(wanted.flat_map(|view| actions::actions(&workspace, view, params.range)).collect()))
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        let views = self.views(&params.text_document.uri, PATIENCE).await;
        Ok(Some(views.iter().flat_map(|view| actions::hints(view, params.range)).collect()))
    }

    async fn semantic_tokens_full(&self, params: SemanticTokensParams) -> Result<Option<SemanticTokensResult>> {
        let views = self.views(&params.text_document.uri, PATIENCE).await;
        let tokens = || SemanticTokens { result_id: None, data: highlight::highlight(&views, None) };
        Ok((!views.is_empty()).then(|| SemanticTokensResult::Tokens(tokens())))
    }

    async fn semantic_tokens_range(
        &self,
        params: SemanticTokensRangeParams,
    ) -> Result<Option<SemanticTokensRangeResult>> {
        let views = self.views(&params.text_document.uri, PATIENCE).await;
        let tokens = || SemanticTokens { result_id: None, data: highlight::highlight(&views, Some(params.range)) };
        Ok((!views.is_empty()).then(|| SemanticTokensRangeResult::Tokens(tokens())))
    }

    async fn initialized(&self, _params: InitializedParams) {
        let text = format!("fen {}", env!("CARGO_PKG_VERSION"));
        self.client.log_message(MessageType::INFO, text).await;
    }
}

/// What the protocol calls a request that could be understood but not fulfilled.
const REQUEST_FAILED: i64 = -32_803;
