// Starts `fen lsp` and connects it to the editor. Everything else is the server's.

const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

let client;

/** The documents that the server is told of: policies, and the tables and files of parameters that they may name. */
const documents = [
  { language: "fen" },
  { language: "markdown" },
  { scheme: "file", pattern: "**/*.csv" },
  { scheme: "file", pattern: "**/*.toml" },
];

function command() {
  const settings = vscode.workspace.getConfiguration("fen");
  const lang = settings.get("language", "auto");
  const args = ["lsp"];
  if (lang !== "auto") {
    args.push("--lang", lang);
  }
  return { command: settings.get("path", "fen") || "fen", args, transport: TransportKind.stdio };
}

async function start() {
  const server = command();
  // A table and a file of parameters are watched too: they may be part of a policy.
  const fileEvents = vscode.workspace.createFileSystemWatcher("**/*.{fen,md,csv,toml}");
  client = new LanguageClient("fen", "Fen", server, {
    documentSelector: documents,
    synchronize: { fileEvents },
  });
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    fileEvents.dispose();
    const why = error instanceof Error ? error.message : String(error);
    const open = vscode.l10n.t("Open settings");
    const text = vscode.l10n.t("The fen command could not be started ({0}). Install it, or set fen.path.", why);
    if ((await vscode.window.showErrorMessage(text, open)) === open) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "fen.path");
    }
  }
}

async function stop() {
  const running = client;
  client = undefined;
  if (running) {
    await running.stop().catch(() => undefined);
  }
}

async function restart() {
  await stop();
  await start();
}

exports.activate = async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("fen.restart", restart),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("fen")) {
        restart();
      }
    }),
  );
  await start();
};

exports.deactivate = stop;
